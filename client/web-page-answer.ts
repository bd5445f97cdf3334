/**
 * Whether an answer is a web page where none was asked for: the login page of a network (a captive portal), the error page of
 * a proxy, or the fallback page of a web server. Such pages often come with status 200. Pure.
 */

/** Also what a server says that asks for a login to the network (RFC 6585). */
const NETWORK_LOGIN_REQUIRED = 511

export const isWebPageAnswer = ({ status, headers }: Pick<Response, 'status' | 'headers'>): boolean =>
  status === NETWORK_LOGIN_REQUIRED ||
  /^(text\/html|application\/xhtml\+xml)\b/i.test(headers.get('content-type')?.trim() ?? '')
