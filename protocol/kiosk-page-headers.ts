/**
 * The headers of the kiosk page and its files, in one place for the server that sends them and for the service worker that
 * answers with the page when the server cannot be reached.
 */

/**
 * What the page itself needs, and no more. It frames the package, whose own responses come from the service worker, and is framed
 * by nobody: a page around it could show a shop's screen as its own.
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

export const KIOSK_PAGE_HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  // The address may hold an enrolment token.
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const
