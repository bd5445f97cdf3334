/**
 * Builds the service worker after the page, into one classic script with a fixed name beside `index.html`, and tells it
 * which files the page consists of. Classic, because a module worker would be several files and gains nothing here.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { build, type Plugin } from 'vite'
import { pageMediaType } from './page-file-names.ts'
import { nameByContent, sha256Hex } from './vite.content-names.ts'
import type { PageFile } from './worker/page-files.ts'

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
        const files = keepsPage ? renameParts(outDir, Object.keys(bundle)) : []
        const version = sha256Hex(Buffer.from(JSON.stringify(files))).slice(0, 16)
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

/** Gives the parts on the disk the names of their content; what the worker has to know of every file. */
function renameParts(outDir: string, fileNames: readonly string[]): readonly PageFile[] {
  const built = new Map(fileNames.map(fileName => [fileName, readFileSync(resolve(outDir, fileName))]))
  const named = nameByContent(built)
  for (const fileName of fileNames) rmSync(resolve(outDir, fileName))
  for (const { fileName, content } of named) writeFileSync(resolve(outDir, fileName), content)
  return named
    .map(({ fileName, content, needs }) => ({
      path: addressPath(fileName),
      sha256: sha256Hex(content),
      mediaType: pageMediaType(fileName),
      // A script that lacks a part fails alone; a page that lacks one may show nothing at all.
      needs: fileName.endsWith('.html') ? needs : [],
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** Under which path the server gives a file out: pages without `.html`, and the index as the folder itself. */
const addressPath = (fileName: string) =>
  fileName === 'index.html' ? '' : fileName.replace(/^([^/]+)\.html$/, '$1')
