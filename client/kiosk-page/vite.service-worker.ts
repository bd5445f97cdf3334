/**
 * Builds the service worker after the page, into one classic script with a fixed name beside `index.html`, and tells it
 * which files the page consists of. Classic, because a module worker would be several files and gains nothing here.
 */
import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { build, type Plugin } from 'vite'

export interface ServiceWorkerOptions {
  readonly fileName?: string
  /** Whether the worker keeps the build's files available offline; off where they are not a page's. */
  readonly keepsPage?: boolean
}

/** `entry`: the worker's source file. */
export function serviceWorkerPlugin(
  entry: string,
  { fileName = 'sw.js', keepsPage = true }: ServiceWorkerOptions = {},
): Plugin {
  let outDir = ''
  return {
    name: 'larder-service-worker',
    apply: 'build',
    configResolved: config => {
      outDir = resolve(config.root, config.build.outDir)
    },
    writeBundle: {
      order: 'post',
      handler: async (_, bundle) => {
        const kept = keepsPage ? Object.values(bundle) : []
        const files = kept.map(file => ({
          path: addressPath(file.fileName),
          sha256: createHash('sha256')
            .update(file.type === 'chunk' ? file.code : file.source)
            .digest('hex'),
        }))
        files.sort((a, b) => (a.path < b.path ? -1 : 1))
        const version = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 16)
        await build({
          configFile: false,
          publicDir: false,
          logLevel: 'warn',
          define: { __PAGE_FILES__: JSON.stringify(files), __PAGE_VERSION__: JSON.stringify(version) },
          build: {
            outDir,
            emptyOutDir: false,
            target: 'es2022',
            lib: { entry, formats: ['iife'], name: 'larderServiceWorker', fileName: () => fileName },
          },
        })
      },
    },
  }
}

/** Under which path the server gives a file out: pages without `.html`, and the index as the folder itself. */
const addressPath = (fileName: string) =>
  fileName === 'index.html' ? '' : fileName.replace(/^([^/]+)\.html$/, '$1')
