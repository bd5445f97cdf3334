import { createKiosk, showApp } from './larder-kiosk/index.js'

const line = document.querySelector('#line')
const say = text => {
  line.textContent = text
}

const kiosk = createKiosk({ baseUrl: '/larder/' })
kiosk.on('enrolment', enrolment => {
  if (enrolment.state === 'pending') say(`Waiting to be accepted: ${enrolment.code}`)
  if (enrolment.state === 'enrolled') say(`${enrolment.name || 'This screen'} at ${enrolment.site}`)
})
kiosk.on('staged', event => say(`${event.package} ${event.release} is here`))
kiosk.on('activated', event => say(`${event.package} ${event.version} runs`))
kiosk.on('rolled-back', event => say(`${event.package} went back to ${event.version}: ${event.reason}`))
kiosk.on('trouble', event => say(event.message))
showApp(kiosk, document.querySelector('#stage'))
