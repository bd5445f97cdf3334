/**
 * Where the browsers of the p2p benchmark stand: all on this machine's loopback, where its cores are the bound, or each on a
 * host of its own on a LAN of so many Mbit/s, where the network is.
 */
import type { BenchContext } from '../support/bench-context.ts'
import { type BrowserPlace, chromiumPath } from '../support/browsers.ts'
import type { ServerPlace } from '../support/larder-server.ts'
import { openSiteNetwork } from '../support/network/site-network.ts'

export interface Place {
  /** A browser on host 1, 2, … */
  browser(name: string, host: number): Promise<BrowserPlace>
  /** Where servers listen, and what starts them there. */
  readonly serverHost: string
  readonly prefix: readonly string[]
  /** The name by which pages call such a server: one that makes plain HTTP a secure context. */
  readonly serverName: string
  readonly larder: Omit<ServerPlace, 'data'>
}

export function loopback(): Place {
  return {
    browser: async name => ({ name }),
    serverHost: '127.0.0.1',
    prefix: [],
    serverName: 'localhost',
    larder: {},
  }
}

/** The way to the servers is fast enough to be of no account. */
export async function openLan(context: BenchContext, hosts: number, lanMbits: number): Promise<Place> {
  const { scratch } = context
  const network = await openSiteNetwork({
    ...{ hosts, lanMbits, scratch },
    ...{ downMbits: 1000, upMbits: 1000, delayMs: 1 },
  })
  context.onClose(() => network.close())
  return {
    browser: async (name, host) => ({
      name,
      executablePath: await network.browserIn(host, await chromiumPath()),
      args: [`--host-resolver-rules=MAP origin.localhost ${network.originAddress}`],
    }),
    serverHost: network.originAddress,
    prefix: network.atOrigin,
    serverName: 'origin.localhost',
    larder: {
      host: '0.0.0.0',
      adminHost: '0.0.0.0',
      adminName: network.originAdminAddress,
      prefix: network.atOrigin,
    },
  }
}
