/** A single-page app as build tools make it for `/`: absolute addresses, routes by path, data of its own and a backend's. */

export interface RoutedAppOptions {
  /** Its page names its script only by running: `/` is in no attribute. */
  readonly hidden?: boolean
}

export function routedApp(options: RoutedAppOptions = {}): Record<string, string> {
  const script = options.hidden
    ? `<script>const element = document.createElement('script'); element.type = 'module'; element.src = ['', 'assets', 'app.js'].join('/'); document.head.append(element)</script>`
    : '<script type="module" src="/assets/app.js"></script>'
  return {
    'index.html': `<!doctype html><html><head><title>starting</title>${script}</head><body><main></main></body></html>`,
    'assets/app.js': `
const routes = { '/': 'Home', '/rooms': 'Rooms', '/rooms/2': 'Room 2', '/kiosk/help': 'Help' }
const main = document.querySelector('main')
async function show() {
  const data = await (await fetch('/data.json')).json()
  document.title = (routes[location.pathname] ?? 'no route ' + location.pathname) + ' ' + data.name
  main.innerHTML = '<a href="/rooms">link</a> <a href="/about/">page</a> <a href="/missing.pdf">missing</a>'
}
window.go = path => { history.pushState(null, '', path) ; return show() }
window.get = async path => { const answer = await fetch(path) ; return [answer.status, (await answer.text()).slice(0, 60)] }
addEventListener('popstate', show)
show()`,
    'data.json': '{"name":"of the package"}',
    'about/index.html': '<!doctype html><title>About</title><a href="/">home</a>',
  }
}
