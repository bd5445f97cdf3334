/** Builds the library: one ES module with everything in it, the chunk worker beside it, and the service worker. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { serviceWorkerPlugin } from '../kiosk-page/vite.service-worker.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  root: here('.'),
  base: './',
  publicDir: false,
  logLevel: 'warn',
  resolve: {
    // The package's main file expects Node's globals and dies in a page.
    alias: [{ find: /^simple-peer$/, replacement: 'simple-peer/simplepeer.min.js' }],
  },
  worker: { format: 'es' },
  build: {
    outDir: here('../../dist/library'),
    emptyOutDir: true,
    target: 'es2022',
    lib: { entry: here('../index.ts'), formats: ['es'], fileName: () => 'index.js' },
  },
  plugins: [
    serviceWorkerPlugin(here('../kiosk-page/service-worker.ts'), {
      fileName: 'larder-worker.js',
      keepsPage: false,
    }),
  ],
})
