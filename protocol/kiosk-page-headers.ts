/**
 * What the kiosk page may do, as response headers. The server sends them with every file of the page, and the service
 * worker with every file that it answers from its cache: the rights of the page never come from what is stored there.
 * The worker's build contains them, so a change here makes a new worker.
 */

/**
 * What the page itself needs, and no more. It frames the package, whose own responses come from the service worker, and no page
 * may frame it: a page around it could show a shop's screen as its own.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self' blob: 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  // data: is how zstddec loads the WebAssembly inlined in it.
  "connect-src 'self' ws: wss: data:",
  "frame-src 'self'",
  "frame-ancestors 'none'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

/** Of every file of the kiosk page; the media type comes on top. */
export const kioskPageHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  // The address may hold an enrolment token.
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}
