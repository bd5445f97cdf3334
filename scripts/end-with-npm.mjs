// Ends this process when the npm that started it is gone.
//
// `npm start` runs a shell that runs us, and a SIGTERM sent to npm ends the shell but never reaches us: the server would
// stay behind and keep its ports. Knows nothing of what the process does; it only raises the signal that was lost.

const POLL_MS = 500

/** Call once at start. Outside npm and on Windows, where parents do not change, it does nothing. */
export function endWithNpm() {
  if (process.platform === 'win32' || process.env.npm_command === undefined) return
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    process.kill(process.pid, 'SIGTERM')
  }, POLL_MS)
  timer.unref()
}
