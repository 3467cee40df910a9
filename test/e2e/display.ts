import { inject } from 'vitest'

// The tests' processes do not inherit what the global set-up put into its environment.
const display = inject('display')
if (display !== undefined) process.env.DISPLAY = display
