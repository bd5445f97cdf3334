/** What a browser sees on the admin address where the page is not built: that it is the right place, and what to type. */
export const FRONT_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Larder</title>
<style>
  body { font: 16px/1.6 system-ui, sans-serif; max-width: 42rem; margin: 4rem auto; padding: 0 1.5rem; color: #1c2b33; background: #fbfaf7 }
  h1 { font-weight: 600; letter-spacing: -.02em }
  pre { background: #1c2b33; color: #f2efe6; padding: 1rem 1.25rem; border-radius: .5rem; overflow-x: auto; line-height: 1.5 }
  code { font-family: ui-monospace, monospace; font-size: .9em }
</style>
<h1>Larder is running</h1>
<p>This is the administration address, and its page is not built yet: run <code>npm run build</code> on the server and load this again. The command line works without it:</p>
<pre>larder token create --data DIR      # on the server's machine
export LARDER_TOKEN=…

larder site create NAME --time-zone Europe/Berlin
larder publish PATH --package NAME --version LABEL
larder profile create NAME --site SITE --package NAME
larder enrol create --site SITE --role store
larder device list</pre>
<p><code>larder --help</code> lists everything.</p>
</html>
`
