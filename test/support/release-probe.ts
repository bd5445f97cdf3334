/**
 * An app in as many parts as a web app can have, each of which tells from which release it came and what it gets: pages,
 * frames of every kind, workers of every kind. Built for `/` or with relative addresses.
 */

/** What `probe()` in the app's page answers: the release that each part came from or got, by the part's name. */
export type ProbeAnswers = Readonly<Record<string, string>>

/** `at`: `/` for an app that was built for the root, `./` for one with relative addresses. */
export function probeApp(release: number, at: '/' | './'): Record<string, string> {
  return {
    'index.html': `<!doctype html><html><head><meta charset="utf-8"><title>probe ${release}</title>
<link rel="stylesheet" href="${at}assets/style.css"><script type="module" src="${at}assets/app.js"></script></head>
<body><p id="route"></p></body></html>`,
    'assets/style.css': `:root { --release: r${release} }`,
    'assets/app.js': pageScript(release, at),
    'assets/lazy.js': `export const release = 'r${release}'`,
    'assets/worker.js': workerScript(release),
    'assets/inner-worker.js': innerWorkerScript(release),
    'frame.html': `<!doctype html><title>r${release}</title><script>const own = 'r${release}'</script>`,
    'which.txt': `r${release}`,
  }
}

const pageScript = (release: number, at: string) => `
const own = 'r${release}'
const absolute = path => new URL(path, new URL('${at}', document.baseURI)).href
const text = address => fetch(address).then(response => response.text())
const which = absolute('which.txt')
document.querySelector('#route').textContent = location.pathname
const frame = setUp => new Promise(resolve => {
  const element = document.createElement('iframe')
  element.onload = () => resolve(element)
  setUp(element)
  document.body.append(element)
})
const inFrame = async setUp => {
  const element = await frame(setUp)
  return element.contentWindow.fetch(which).then(response => response.text())
}
const reply = worker => new Promise((resolve, reject) => {
  const port = worker.port ?? worker
  port.onmessage = ({ data }) => resolve(data)
  worker.onerror = event => reject(new Error('worker: ' + event.message))
  port.start?.()
  port.postMessage(which)
})
let resident
window.settle = () => { resident = new Worker(absolute('assets/worker.js')) ; return reply(resident) }
window.parts = {
  page: async () => own,
  'fetch of the page': () => text(which),
  'style sheet': async () => getComputedStyle(document.documentElement).getPropertyValue('--release'),
  'module on demand': async () => (await import(absolute('assets/lazy.js'))).release,
  'frame': async () => (await frame(element => { element.src = absolute('frame.html') })).contentDocument.title,
  'fetch of a frame': () => inFrame(element => { element.src = absolute('frame.html?fetch') }),
  'frame loaded again': async () => {
    const element = await frame(each => { each.src = absolute('frame.html?again') })
    await new Promise(resolve => { element.onload = resolve ; element.contentWindow.location.reload() })
    return element.contentDocument.title
  },
  'frame without address': () => inFrame(element => { element.srcdoc = '<p>x' }),
  'worker that was there': async () => (await reply(resident)).fetched,
  'worker': async () => { const { script, fetched, imported } = await reply(new Worker(absolute('assets/worker.js'))) ; return [script, fetched, imported].join(' ') },
  'module worker': async () => (await reply(new Worker(absolute('assets/worker.js?module'), { type: 'module' }))).fetched,
  'worker of a worker': async () => (await reply(new Worker(absolute('assets/worker.js?inner')))).inner,
  'worker without address': async () => {
    const body = 'onmessage = async ({ data }) => postMessage({ fetched: await (await fetch(data)).text() })'
    return (await reply(new Worker(URL.createObjectURL(new Blob([body]))))).fetched
  },
}
window.probe = async names => {
  const answers = {}
  for (const name of names ?? Object.keys(parts)) answers[name] = await parts[name]().catch(error => String(error))
  return answers
}
window.settled = window.settle().then(() => true, error => String(error))
parent.larder?.ready?.()
`

const workerScript = (release: number) => `
const answer = async (address, inner) => {
  let imported = 'r${release}'
  if (typeof importScripts === 'function' && !location.search.includes('module')) {
    importScripts(new URL('inner-worker.js?import', location.href).href)
    imported = self.innerRelease
  }
  const fetched = await (await fetch(address)).text()
  return { script: 'r${release}', fetched, imported, inner }
}
onmessage = ({ data }) => {
  if (!location.search.includes('inner')) return void answer(data).then(postMessage)
  const inner = new Worker(new URL('inner-worker.js', location.href))
  inner.onmessage = event => answer(data, event.data).then(postMessage)
  inner.onerror = () => answer(data, 'no worker').then(postMessage)
  inner.postMessage(data)
}
`

const innerWorkerScript = (release: number) => `
self.innerRelease = 'r${release}'
if (!location.search.includes('import') && !self.document) {
  self.addEventListener('message', async ({ data }) => {
    if (typeof data === 'string' && location.pathname.endsWith('inner-worker.js'))
      postMessage('r${release} ' + (await (await fetch(data)).text()))
  })
}
`
