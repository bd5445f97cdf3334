/** Builds the kiosk page, its diagnostics and its service worker into `dist/kiosk`, all with relative addresses. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { serviceWorkerPlugin } from './vite.service-worker.ts'

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
  build: {
    outDir: here('../../dist/kiosk'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    // Nothing inline: what the page consists of is what the service worker keeps.
    assetsInlineLimit: 0,
    rollupOptions: { input: [here('index.html'), here('diagnostics.html')] },
  },
  // Of one file, as the worker is small; it is one of the page's parts like any other.
  worker: { format: 'es' },
  plugins: [serviceWorkerPlugin(here('service-worker.ts'))],
})
