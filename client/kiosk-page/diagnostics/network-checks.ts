/** Checks of what lies between this device and others: peer connections, addresses, permissions, and the server. */

import { formatSpan } from '../../../presentation/sizes-and-spans.ts'
import { timeResponseSchema } from '../../../protocol/device-http.ts'
import { parseWith } from '../../../protocol/parse.ts'
import { openSimplePeerLink } from '../../adapters/browser/simple-peer-link.ts'
import { signalUrl } from '../../adapters/browser/websocket-link.ts'
import type { PeerLink, PeerLinkEvents } from '../../ports.ts'
import { isWebPageAnswer, networkLoginAdvice, webPageAnswerWords } from '../../web-page-answer.ts'
import { cookieCheck } from './cookie-check.ts'
import { bad, type Check, type Finding, good, note } from './finding.ts'

const GATHERING_MS = 4_000
/** Kiosks count on the server's clock; a wrong clock of their own matters to certificates and logs. */
const LARGE_OFFSET_MS = 60_000

export const networkChecks: readonly Check[] = [
  {
    id: 'webrtc',
    title: 'Peer connections (WebRTC)',
    run: async () => {
      if (!('RTCPeerConnection' in window)) {
        return bad(
          'The browser offers none.',
          'Remove the extension or setting that turns WebRTC off: no policy ExtensionInstallForcelist with one that does (Chrome, Edge, Chromium); media.peerconnection.enabled must be true (Firefox).',
        )
      }
      const tookMs = await connectToItself()
      return good(`A connection of this browser to itself came up in ${Math.round(tookMs)} ms.`)
    },
  },
  { id: 'candidates', title: 'Addresses for other devices', run: checkCandidates },
  { id: 'local-network', title: 'Permission for the local network', run: checkLocalNetworkPermission },
  {
    id: 'clock',
    title: 'Clock',
    run: async ({ baseUrl }) => {
      const askedAt = Date.now()
      const response = await fetch(new URL('time', baseUrl), { cache: 'no-store' }).catch(() => null)
      if (response !== null && isWebPageAnswer(response))
        return bad(`At the server’s address ${webPageAnswerWords}.`, networkLoginAdvice)
      const answer = response?.ok ? parseWith(timeResponseSchema, await response.json()) : null
      if (!answer?.ok) return bad('The server did not tell the time.', serverMend)
      const offsetMs = answer.value.serverTime - (askedAt + Date.now()) / 2
      const words =
        Math.abs(offsetMs) < 1000
          ? 'This device’s clock and the server’s agree to the second'
          : `This device’s clock is ${formatSpan(Math.abs(offsetMs))} ${offsetMs > 0 ? 'behind' : 'ahead of'} the server’s`
      return Math.abs(offsetMs) < LARGE_OFFSET_MS
        ? good(`${words}.`)
        : note(
            `${words}. Larder counts on the server’s.`,
            'Let the device get its time from a time server (NTP), whatever the browser (Chromium, Firefox): certificates are judged by it.',
          )
    },
  },
  cookieCheck,
  {
    id: 'signaling',
    title: 'Connection to the server (signaling)',
    run: ({ baseUrl }) => checkSignaling(baseUrl),
  },
]

const serverMend =
  'Check the network cable or Wi-Fi, and that the server runs and a firewall lets its port through.'

/** Milliseconds that it took. */
function connectToItself(): Promise<number> {
  const beganAt = performance.now()
  return new Promise((resolve, reject) => {
    const links: PeerLink[] = []
    const eventsOf = (other: number): PeerLinkEvents => ({
      onSignal: signal => links[other]?.signal(signal),
      onOpen: () => {
        resolve(performance.now() - beganAt)
        for (const link of links) link.close()
      },
      onFrame: () => {},
      onDrain: () => {},
      onClose: reason => reject(new Error(reason)),
    })
    links.push(openSimplePeerLink({ initiator: true, iceServers: [] }, eventsOf(1)))
    links.push(openSimplePeerLink({ initiator: false, iceServers: [] }, eventsOf(0)))
  })
}

async function checkCandidates(): Promise<Finding> {
  const addresses = await hostAddresses()
  if (addresses.length === 0) {
    return bad(
      'The browser offers no address of this device, so that no other device can reach it.',
      'Policy WebRtcIPHandling must be default (Chrome, Edge, Chromium); media.peerconnection.ice.default_address_only and media.peerconnection.ice.proxy_only must be false (Firefox). Remove privacy extensions, and check that the device has a network with a default route.',
    )
  }
  if (addresses.every(address => address.endsWith('.local'))) {
    return note(
      'The browser hides this device’s address behind a name that others find by multicast (mDNS). Many Wi-Fi networks drop that.',
      `If devices of a site do not find each other: policy WebRtcLocalIpsAllowedUrls with ${location.origin} (Chrome, Edge, Chromium), media.peerconnection.ice.obfuscate_host_addresses = false (Firefox); or allow mDNS (UDP 5353) on the access points.`,
    )
  }
  return good(`Other devices can try ${addresses.filter(address => !address.endsWith('.local')).join(', ')}.`)
}

async function hostAddresses(): Promise<string[]> {
  const connection = new RTCPeerConnection()
  const addresses = new Set<string>()
  const gathered = new Promise<void>(resolve => {
    setTimeout(resolve, GATHERING_MS)
    connection.onicecandidate = ({ candidate }) => {
      if (!candidate) resolve()
      const address = candidate?.candidate.split(' ')[4]
      if (address && candidate?.type === 'host') addresses.add(address)
    }
  })
  connection.createDataChannel('check')
  await connection.setLocalDescription()
  await gathered
  connection.close()
  return [...addresses]
}

async function checkLocalNetworkPermission(): Promise<Finding> {
  const name = 'local-network-access' as PermissionName
  const permission = await navigator.permissions.query({ name }).catch(() => null)
  if (!permission) return good('This browser asks for none.')
  if (permission.state === 'granted') return good('Granted.')
  const mend = `Policy LocalNetworkAccessAllowedForUrls with ${location.origin} (Chrome, Edge, Chromium), policy LocalNetworkAccess with Enabled = false (Firefox); or allow it in the site’s settings.`
  return permission.state === 'denied'
    ? bad('Refused: this browser may keep devices of the local network from each other.', mend)
    : note('Not decided: the browser may ask somebody in front of the screen.', mend)
}

function checkSignaling(baseUrl: URL): Promise<Finding> {
  const url = signalUrl(baseUrl)
  return new Promise(resolve => {
    const socket = new WebSocket(url)
    socket.onmessage = () => {
      resolve(good(`${url} answers.`))
      socket.close()
    }
    socket.onclose = () =>
      resolve(
        bad(
          `${url} does not answer.`,
          `${serverMend} A proxy in between has to pass WebSockets on (in nginx: proxy_http_version 1.1 with the Upgrade and Connection headers). Very large cookies of this address end it too.`,
        ),
      )
  })
}
