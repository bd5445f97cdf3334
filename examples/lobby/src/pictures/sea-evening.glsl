const vec2 SUN = vec2(0.66, 0.455);
const float HORIZON = 0.40;
vec3 sky(vec2 p) {
  float h = (p.y - HORIZON) / (1.0 - HORIZON);
  float d = length((p - SUN) * vec2(0.75, 1.0));
  vec3 c = mix(vec3(1.0, 0.54, 0.33), vec3(0.86, 0.40, 0.42), smoothstep(0.0, 0.22, h));
  c = mix(c, vec3(0.42, 0.30, 0.47), smoothstep(0.12, 0.55, h));
  c = mix(c, vec3(0.10, 0.15, 0.32), smoothstep(0.40, 1.05, h));
  c += vec3(1.0, 0.46, 0.20) * (0.5 * glow(d, 4.0) + 0.4 * glow(d, 15.0));
  c = mix(c, vec3(2.2, 0.92, 0.48), smoothstep(0.034, 0.031, length(p - SUN)));
  vec2 q = vec2((p.x - 0.5) * 2.2, 0.0) / (0.35 + h) + vec2(0.0, 1.6 / (0.18 + h));
  float cl = fbm(q * vec2(0.9, 1.5) + 1.6 * fbm(q * 0.55 + 4.0, 4), 7);
  float cover = smoothstep(0.50, 0.82, cl) * smoothstep(0.03, 0.25, h);
  float edge = smoothstep(0.82, 0.50, cl);
  vec3 cloud = mix(vec3(0.24, 0.20, 0.34), vec3(1.0, 0.54, 0.38), edge * (0.35 + 0.65 * glow(d, 1.4)));
  c = mix(c, cloud, cover * 0.85);
  float bank = HORIZON + 0.055 * fbm(vec2(p.x * 3.2, 3.0), 6) * smoothstep(0.45, 0.9, abs(p.x - SUN.x) + 0.35);
  c = mix(c, mix(vec3(0.50, 0.32, 0.42), vec3(0.98, 0.58, 0.40), glow(d, 2.6)), smoothstep(0.0, 0.012, bank - p.y) * 0.75);
  return c;
}
vec3 scene(vec2 p) {
  vec3 c;
  if (p.y > HORIZON) c = sky(p);
  else {
    float depth = HORIZON - p.y;
    float z = 1.0 / (depth + 0.006);
    vec2 w = vec2((p.x - 0.8) * z * 0.75, z);
    float far = smoothstep(0.0, 0.05, depth);
    vec2 a = vec2(w.x * 1.1, w.y * 2.3);
    float e = 0.06;
    float n0 = fbm(a + fbm(a * 0.4, 3) * 1.4, 6);
    float nx = fbm(a + vec2(e, 0) + fbm(a * 0.4, 3) * 1.4, 6) - n0;
    float ny = fbm(a + vec2(0, e) + fbm(a * 0.4, 3) * 1.4, 6) - n0;
    vec2 slope = vec2(nx, ny) / e;
    vec2 r = vec2(p.x + slope.x * 0.10 * far, HORIZON + abs(depth * 1.1 + (slope.y + 0.25) * mix(0.03, 0.22, far)));
    c = sky(vec2(r.x, min(r.y, 1.05)));
    float fres = mix(0.92, 0.42, smoothstep(0.0, 0.38, depth));
    fres *= 0.75 + 0.5 * smoothstep(-0.5, 0.6, slope.y);
    c = mix(vec3(0.035, 0.085, 0.15), c, clamp(fres, 0.0, 1.0));
    float path = exp(-pow((p.x - SUN.x + slope.x * 0.05) / (0.035 + depth * 0.38), 2.0));
    c += vec3(1.0, 0.66, 0.34) * path * smoothstep(0.25, 1.2, slope.y + 0.55) * mix(1.0, 0.65, far);
    c = mix(c, vec3(1.0, 0.66, 0.44), exp(-depth * 90.0) * 0.45);
  }
  for (int i = 0; i < 3; i++) {
    float t = float(i) / 2.0;
    float x = p.x - mix(1.42, 1.62, t);
    float top = HORIZON - 0.002 - 0.012 * t + mix(0.10, 0.16, t) * (0.25 + ridge(p.x * mix(2.2, 2.9, t) + t * 7.0 + 1.2, 7)) * smoothstep(-mix(0.42, 0.24, t), 0.30, x) - 0.02 * smoothstep(-0.10, -0.34, x);
    float foot = HORIZON - 0.003 - 0.016 * t;
    vec3 body = mix(vec3(0.44, 0.28, 0.38), vec3(0.10, 0.09, 0.17), t);
    body = mix(body, vec3(0.95, 0.55, 0.40), exp(-(p.y - foot) * 40.0) * 0.30);
    c = mix(c, body, smoothstep(0.0, 0.0016, top - p.y) * smoothstep(0.0, 0.003, p.y - foot));
  }
  /* Rolls the highlights off to a warm white, so that they stay warm under a dark overlay. */
  return mix(c, vec3(1.04, 1.0, 0.96) * (1.0 - exp(-c * 1.55)), 0.75);
}
