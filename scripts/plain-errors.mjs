// For scripts that people start: what went wrong is a sentence for them, not a stack trace.
process.on('uncaughtException', (error) => {
  console.error(error.message)
  process.exit(1)
})
