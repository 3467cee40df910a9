// A file far larger than any disk here, made up by position; prints its address: node large-server.ts SIZE RATE SEED
import { startServer } from '../server'

const [size, rate, seed] = process.argv.slice(2).map(Number) as [number, number, number]
const server = await startServer({})
console.log(server.file('/large.bin', { size, rate, seed }).url)
