/** Bundles a module of this repository for a script tag, so that a contract suite can run in a real browser. */
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

/** `entry`: relative to `test/support/`; its exports become properties of the global `name`. */
export async function bundleForBrowser(entry: string, name: string): Promise<string> {
  const output = await build({
    configFile: false,
    publicDir: false,
    logLevel: 'error',
    resolve: { alias: [{ find: /^simple-peer$/, replacement: 'simple-peer/simplepeer.min.js' }] },
    build: {
      write: false,
      minify: false,
      lib: { entry: fileURLToPath(new URL(entry, import.meta.url)), formats: ['iife'], name },
    },
  })
  const [bundle] = [output].flat()
  const [chunk] = bundle && 'output' in bundle ? bundle.output : []
  return chunk?.type === 'chunk' ? chunk.code : ''
}
