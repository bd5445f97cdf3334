/**
 * The network that a rate limit counts: an IPv4 address, or the /64 of an IPv6 address, because a host with one address of a
 * /64 usually has all of them (RFC 6177). Every spelling of an address gives the same network.
 */
import { isIP } from 'node:net'

const HEX_GROUPS = 8
const NETWORK_GROUPS = 4

/**
 * `203.0.113.7` for IPv4, also where IPv6 carries it (`::ffff:203.0.113.7`, `::ffff:cb00:7107`); `2001:db8:0:1::/64` for IPv6,
 * without its zone. A text that is no address is returned as it is, and counts as one network.
 */
export function networkOf(address: string): string {
  const [plain = ''] = address.split('%')
  if (isIP(plain) !== 6) return plain
  const groups = groupsOf(plain)
  const [high, low] = [groups[6] ?? 0, groups[7] ?? 0]
  const isMappedIpv4 = groups.slice(0, 5).every(group => group === 0) && groups[5] === 0xffff
  if (isMappedIpv4) return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.')
  const network = groups.slice(0, NETWORK_GROUPS).map(group => group.toString(16))
  return `${network.join(':')}::/64`
}

/** The eight groups of a valid IPv6 address. */
function groupsOf(address: string): number[] {
  // The WHATWG URL parser writes every IPv6 address in one form, the dotted ending of mapped addresses included.
  const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1)
  const [before = '', after] = canonical.split('::')
  const parse = (part: string) =>
    part === '' ? [] : part.split(':').map(group => Number.parseInt(group, 16))
  if (after === undefined) return parse(before)
  const [head, tail] = [parse(before), parse(after)]
  return [...head, ...new Array<number>(HEX_GROUPS - head.length - tail.length).fill(0), ...tail]
}
