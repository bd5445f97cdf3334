/**
 * Whose signatures a device accepts, and what changes that (PR-E8): pinned keys are replaced only by an enrolment by
 * hand. An enrolment that the device begins by itself proves nothing about the server that answers it, since an
 * impostor may hold the server's address. Knows nothing of phases, questions and disks.
 */
import type { TrustedKey } from '../../protocol/keys.ts'

export interface Trust {
  /** What releases have to be signed with; empty before the first enrolment. */
  readonly pinned: readonly TrustedKey[]
  /** The last answer named keys that are not pinned here, and they were not taken. */
  readonly keysRefused: boolean
  /** SHA-256 of enrolment tokens that a server has answered to this browser, the latest last. */
  readonly usedTokens: readonly string[]
}

export const noTrust: Trust = { pinned: [], keysRefused: false, usedTokens: [] }

/** How an enrolment was begun. */
export interface Attempt {
  /** A person entered the link on this device just now. */
  readonly isByHand: boolean
  /** SHA-256 of the token; null where there was none. */
  readonly tokenDigest: string | null
}

/** More links than one browser is ever opened with; a token that is used at each start stays among the latest. */
const MAX_USED_TOKENS = 32

/** A start address may hold a link for ever, and a browser restores tabs with theirs: only a link's first use is a person's. */
function isEnrolmentByHand({ usedTokens }: Trust, { isByHand, tokenDigest }: Attempt): boolean {
  return isByHand || (tokenDigest !== null && !usedTokens.includes(tokenDigest))
}

/** `isNewAuthority`: none of the keys was pinned before, so that release numbers are those of another server. */
export function trustAfter(
  trust: Trust,
  keys: readonly TrustedKey[],
  attempt: Attempt,
): { readonly trust: Trust; readonly isNewAuthority: boolean } {
  const { pinned } = trust
  const used = withUsedToken(trust, attempt.tokenDigest)
  const isPinned = ({ publicKey }: TrustedKey) => pinned.some(key => key.publicKey === publicKey)
  if (pinned.length > 0 && !isEnrolmentByHand(trust, attempt))
    return { trust: { ...used, keysRefused: !keys.every(isPinned) }, isNewAuthority: false }
  return {
    trust: { ...used, pinned: keys, keysRefused: false },
    isNewAuthority: pinned.length > 0 && !keys.some(isPinned),
  }
}

/** A server has answered to this token, whatever it said. */
export function withUsedToken(trust: Trust, tokenDigest: string | null): Trust {
  if (tokenDigest === null) return trust
  const others = trust.usedTokens.filter(digest => digest !== tokenDigest)
  return { ...trust, usedTokens: [...others, tokenDigest].slice(-MAX_USED_TOKENS) }
}
