/**
 * Renders the slide show's pictures: one fragment shader each (src/pictures/*.glsl), drawn by headless Chromium at
 * 2560 x 1440 with four samples a pixel and written as JPEG into v1/pictures and v2/pictures. The results are committed;
 * run this only to change a picture. It takes a minute or two without a GPU.
 *
 *     node examples/lobby/make-pictures.mjs [name ...]
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { chromium } from 'playwright-core'

const WIDTH = 2560
const HEIGHT = 1440
const JPEG_QUALITY = 0.92

const PICTURES = [
  { shader: 'dawn-lake', to: ['v1', 'v2'] },
  { shader: 'forest-mist', to: ['v1', 'v2'] },
  { shader: 'dunes', to: ['v1'] },
  { shader: 'aurora', to: ['v1', 'v2'] },
  { shader: 'palm-garden', to: ['v1', 'v2'] },
  { shader: 'colonnade', to: ['v1'] },
  { shader: 'colonnade', to: ['v2'], define: 'EVENING' },
  { shader: 'sea-evening', to: ['v2'] },
]

const here = new URL('.', import.meta.url)
const wanted = process.argv.slice(2)
const prelude = await readFile(new URL('src/pictures/prelude.glsl', here), 'utf8')
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'],
})
try {
  const page = await browser.newPage()
  for (const { shader, to, define } of PICTURES) {
    if (wanted.length > 0 && !wanted.includes(shader)) continue
    const body = await readFile(new URL(`src/pictures/${shader}.glsl`, here), 'utf8')
    const source = `${prelude}${define ? `#define ${define}\n` : ''}#line 1\n${body}`
    const startedAt = Date.now()
    const base64 = await page.evaluate(drawPicture, {
      source,
      width: WIDTH,
      height: HEIGHT,
      quality: JPEG_QUALITY,
    })
    const bytes = Buffer.from(base64, 'base64')
    for (const version of to) {
      await mkdir(new URL(`${version}/pictures/`, here), { recursive: true })
      await writeFile(new URL(`${version}/pictures/${shader}.jpg`, here), bytes)
    }
    console.log(
      `${shader} ${define ?? ''} ${to.join(' ')} ${bytes.length} bytes, ${Date.now() - startedAt} ms`,
    )
  }
} finally {
  await browser.close()
}

/** Runs in the page. Draws in narrow bands, so that no single draw call trips the GPU watchdog. */
async function drawPicture({ source, width, height, quality }) {
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  const gl = canvas.getContext('webgl2', { preserveDrawingBuffer: true, antialias: false })
  if (!gl) throw new Error('this Chromium has no WebGL 2')
  const program = gl.createProgram()
  const stages = [
    [gl.VERTEX_SHADER, '#version 300 es\nin vec2 corner; void main() { gl_Position = vec4(corner, 0, 1); }'],
    [gl.FRAGMENT_SHADER, source],
  ]
  for (const [type, text] of stages) {
    const stage = gl.createShader(type)
    gl.shaderSource(stage, text)
    gl.compileShader(stage)
    if (!gl.getShaderParameter(stage, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(stage))
    gl.attachShader(program, stage)
  }
  gl.linkProgram(program)
  gl.useProgram(program)
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer())
  gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 3, -1, -1, 3]), gl.STATIC_DRAW)
  const corner = gl.getAttribLocation(program, 'corner')
  gl.enableVertexAttribArray(corner)
  gl.vertexAttribPointer(corner, 2, gl.FLOAT, false, 0, 0)
  gl.uniform2f(gl.getUniformLocation(program, 'size'), width, height)
  gl.enable(gl.SCISSOR_TEST)
  for (let y = 0; y < height; y += 24) {
    gl.scissor(0, y, width, 24)
    gl.drawArrays(gl.TRIANGLES, 0, 3)
    gl.finish()
    await new Promise(resolve => setTimeout(resolve, 0))
  }
  const blob = await new Promise(resolve => canvas.toBlob(resolve, 'image/jpeg', quality))
  const url = await new Promise(resolve => {
    const reader = new FileReader()
    reader.onload = () => resolve(reader.result)
    reader.readAsDataURL(blob)
  })
  return url.slice(url.indexOf(',') + 1)
}
