/**
 * Whether an answer is a web page where none was asked for: the login page of a network (a captive portal), or the fallback
 * page of a web server. Such pages come with status 200, and would else be taken for what was asked for. Pure.
 */

/** What a network says that asks for a login (RFC 6585). */
const NETWORK_LOGIN_REQUIRED = 511

export const isWebPageAnswer = ({ ok, status, headers }: Pick<Response, 'ok' | 'status' | 'headers'>) =>
  status === NETWORK_LOGIN_REQUIRED ||
  (ok && /^(text\/html|application\/xhtml\+xml)\b/i.test(headers.get('content-type')?.trim() ?? ''))

/** A clause for messages. */
export const webPageAnswerWords =
  'a web page answers in place of the server, such as the login page of a network'
export const networkLoginAdvice =
  'Log in to the network on this device, or have the network let it through without a login.'
