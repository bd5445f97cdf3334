/** The Web Awesome components this page uses, one by one, and their few icons from a file of our own. */
import '@awesome.me/webawesome/dist/components/button/button.js'
import '@awesome.me/webawesome/dist/components/callout/callout.js'
import '@awesome.me/webawesome/dist/components/checkbox/checkbox.js'
import '@awesome.me/webawesome/dist/components/dialog/dialog.js'
import '@awesome.me/webawesome/dist/components/input/input.js'
import '@awesome.me/webawesome/dist/components/option/option.js'
import '@awesome.me/webawesome/dist/components/progress-bar/progress-bar.js'
import '@awesome.me/webawesome/dist/components/radio/radio.js'
import '@awesome.me/webawesome/dist/components/radio-group/radio-group.js'
import '@awesome.me/webawesome/dist/components/select/select.js'
import '@awesome.me/webawesome/dist/components/switch/switch.js'
import { registerIconLibrary } from '@awesome.me/webawesome/dist/components/icon/library.js'

// The components' own icons are `data:` addresses that they fetch, which the content policy forbids.
const sprite = new URL('./icons.svg', import.meta.url).href
registerIconLibrary('system', {
  resolver: name => `${sprite}#${name}`,
  spriteSheet: true,
  // An svg without a size is 300 px wide: it would lie over the field beside it and widen narrow pages.
  mutator: svg => svg.setAttribute('width', '1em'),
})
