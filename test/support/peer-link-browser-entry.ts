/** What `peer-link.test.ts` loads into a real page: the contract's cases, bound to simple-peer. */
import { openSimplePeerLink } from '../../client/adapters/browser/simple-peer-link.ts'
import { peerLinkCases } from './peer-link-contract.ts'

export async function run(title: string): Promise<void> {
  await peerLinkCases[title]?.(openSimplePeerLink)
}
