/** Why devices may not be able to use an enrolment link, from its address. Pure. */
import { isLoopback } from '../listen.ts'

export function linkWarnings(url: string): string[] {
  const { protocol, hostname } = new URL(url)
  if (isLoopback(hostname.replace(/^\[|\]$/g, '')))
    return [
      `The address ${hostname} leads each device to itself, so only a browser on the server's own machine can use this link. Start the server with --public-url and the address under which devices reach it.`,
    ]
  if (protocol === 'http:')
    return [
      'Browsers let no page of another machine keep packages or keys over http:, so a device that opens this link shows only what is missing. Serve devices over https: give the server --tls-cert and --tls-key, or --public-url https://… behind a proxy.',
    ]
  return []
}
