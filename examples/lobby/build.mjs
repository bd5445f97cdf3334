/**
 * Builds app.js, style.css and index.html of both versions from src/. Pictures, fonts and data are not touched: they live
 * in v1/ and v2/ as they are published.
 *
 *     node examples/lobby/build.mjs
 */
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const here = new URL('.', import.meta.url)
const path = relative => fileURLToPath(new URL(relative, here))

for (const version of ['v1', 'v2']) {
  await build({
    configFile: false,
    root: path('src/'),
    logLevel: 'warn',
    publicDir: false,
    build: {
      outDir: path(`${version}/`),
      emptyOutDir: false,
      target: 'es2022',
      minify: true,
      modulePreload: false,
      lib: { entry: path(`src/${version}.ts`), formats: ['es'], fileName: () => 'app.js' },
    },
  })
  const style = await readFile(path('src/style.css'), 'utf8')
  const addition = version === 'v2' ? await readFile(path('src/style-v2.css'), 'utf8') : ''
  await writeFile(path(`${version}/style.css`), addition ? `${style}\n${addition}` : style)
  await copyFile(path('src/index.html'), path(`${version}/index.html`))
}
