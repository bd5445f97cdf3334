/**
 * What the worker answers in place of a page whose files are not all here while the server does not give them: a page of
 * the worker's script alone, which shows the package that ran last, or says what is missing, and looks for the rest by itself.
 */
import * as v from 'valibot'
import { packageNameSchema } from '../../../protocol/primitives.ts'
import { readActiveRelease } from '../../content/stored-release.ts'
import type { RecordStore } from '../../ports.ts'
import { recordKeys } from '../../records.ts'
import { pageFileWords } from '../page-file-names.ts'
import { type PageFileFault, pageFileFaultWords } from './page-file-fault.ts'
import { statusPageHtml } from './status-pages.ts'

/** A server that comes back is found within seconds; a request to one that is away costs nothing. */
const LOOK_MS = 10_000
const PACKAGE_PREFIX = recordKeys.package('')

/** Scripts and styles of this page are inline: it must not depend on anything that could be missing too. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'"

/** The package that the kiosk page would show first; null for none, and for a device that was revoked. Never rejects. */
export async function packageToShow(records: Pick<RecordStore, 'get' | 'keys'>): Promise<string | null> {
  try {
    const identity = await records.get(recordKeys.identity)
    if (v.is(v.object({ revoked: v.literal(true) }), identity)) return null
    const assigned = v.safeParse(v.array(packageNameSchema), await records.get(recordKeys.assigned))
    const names = assigned.success
      ? assigned.output
      : (await records.keys()).flatMap(key =>
          key.startsWith(PACKAGE_PREFIX) ? key.slice(PACKAGE_PREFIX.length) : [],
        )
    for (const name of names) if ((await readActiveRelease(records, name)) !== null) return name
  } catch {
    // A record store that cannot be read has nothing to show.
  }
  return null
}

/** `missing`: paths of files, and `fault`: why they could not be fetched; `app`: path of a package relative to the kiosk page, null where none is to be shown. */
export function incompletePage(
  missing: readonly string[],
  fault: PageFileFault,
  app: string | null,
): Response {
  const { cause, advice } = pageFileFaultWords[fault]
  const frame =
    app === null ? '' : `<iframe title="App" allow="autoplay; fullscreen" src="./${app}"></iframe>`
  const html = statusPageHtml(
    {
      status: 503,
      title: 'The kiosk page is not complete',
      text: `Files of it are missing or damaged on this device (${pageFileWords(missing)}), and they cannot be fetched now: ${cause}. ${advice} This page tries again every ${LOOK_MS / 1000} seconds and goes on by itself.`,
    },
    `<style>iframe { position: fixed; inset: 0; width: 100%; height: 100%; border: 0; background: #fff }</style>
${frame}<script>
${LOOK_SCRIPT}
</script>
`,
  )
  return new Response(html, {
    status: 503,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    },
  })
}

/**
 * The worker answers this page's own request as it answers a navigation. Without a worker anything may answer, such as the
 * login page of a network, from which nothing leads back: only a page of Larder's is loaded.
 */
const LOOK_SCRIPT = `const workers = navigator.serviceWorker
const look = async () => {
  // The server may have another build by now, whose worker brings its own files.
  workers?.getRegistration().then(registration => registration?.update()).catch(() => {})
  const answer = await fetch(location.href, { cache: 'no-store' }).catch(() => null)
  if (answer?.ok && (await answer.text().catch(() => '')).includes('<larder-')) location.reload()
}
workers?.addEventListener('controllerchange', () => location.reload())
addEventListener('online', look)
setInterval(look, ${LOOK_MS})`
