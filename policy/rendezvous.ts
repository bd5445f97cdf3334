/**
 * Rendezvous (highest random weight) hashing: who of several devices takes care of one key. Every device that knows
 * the same members comes to the same answer, and when a member leaves only its own keys move.
 */

/** The member with the highest weight for `key`; null without members. Independent of the members' order. */
export function rendezvousOwner(key: string, members: readonly string[]): string | null {
  let owner: string | null = null
  let ownerWeight = -1
  for (const member of members) {
    const memberWeight = weight(key, member)
    if (memberWeight > ownerWeight || (memberWeight === ownerWeight && owner !== null && member < owner)) {
      owner = member
      ownerWeight = memberWeight
    }
  }
  return owner
}

/** FNV-1a over both, then a finaliser (murmur3's), since FNV alone spreads short differences badly. */
function weight(key: string, member: string): number {
  let hash = 0x811c9dc5
  for (const text of [member, '\n', key]) {
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
