/**
 * `name-server.ts RCODE ADDRESS`: answers every DNS query on port 53 of every address with the code (RFC 1035 §4.1.1: 2 is
 * SERVFAIL, 3 is NXDOMAIN) and tells of it as a line of JSON. After a line on standard input it answers with the address.
 */
import { createSocket } from 'node:dgram'

const [code = '3', address = '127.0.0.1'] = process.argv.slice(2)
let rcode = Number(code)
const told = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)
process.stdin.once('data', () => (rcode = 0)).on('error', () => undefined)

const socket = createSocket('udp4')
socket.on('message', (query, { address: from, port }) => {
  let end = 12
  for (let length = query[end] ?? 0; length > 0; length = query[end] ?? 0) end += length + 1
  const question = query.subarray(12, end + 5)
  const isA = query.readUInt16BE(end + 1) === 1
  const answers = rcode === 0 && isA ? 1 : 0
  const head = Buffer.alloc(12)
  query.copy(head, 0, 0, 2)
  head.writeUInt16BE(0x8180 | rcode, 2) // an answer, recursion wanted and available
  head.writeUInt16BE(1, 4)
  head.writeUInt16BE(answers, 6)
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split('.').map(Number)])
  told({ query: isA ? 'A' : 'other', rcode })
  socket.send(Buffer.concat([head, question, ...(answers ? [record] : [])]), port, from)
})
socket.bind(53, '0.0.0.0', () => told({ listening: true }))
