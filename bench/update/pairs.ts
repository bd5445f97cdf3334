/** Consecutive versions of real web packages, pinned by what the registry says of their tarballs. */

export interface PackageVersion {
  readonly version: string
  readonly integrity: string
}

export interface Pair {
  readonly name: string
  readonly kind: string
  readonly from: PackageVersion
  readonly to: PackageVersion
}

export const pairs: readonly Pair[] = [
  {
    name: 'monaco-editor',
    kind: 'a code editor',
    from: {
      version: '0.56.0',
      integrity:
        'sha512-sXboRm3BeBeLm938eaiyLMe0OxzfXIlZvbv4ir/jVgQy1zDhWjgmny0WoN45fuDKhCCQsYMbBJrv/A6jd8aCUg==',
    },
    to: {
      version: '0.57.0',
      integrity:
        'sha512-5BkI9KGoqrNvBGUe15/QlZq3OooZ8WLg1AxTpaqHRCP3HNpzPPZKE2EDz8M7c+VRmCeUw1Brp4cx/PWm3kI/5A==',
    },
  },
  {
    name: 'swagger-ui-dist',
    kind: 'an API explorer',
    from: {
      version: '5.34.1',
      integrity:
        'sha512-VSr8fXfI93obYaQicLJbLUKGRxDojj/SfRJDDLCioGTUBj4BK/Nj4eE9jCeCAnJxVLi7iS+08PbiZLyrQKBkJQ==',
    },
    to: {
      version: '5.35.0',
      integrity:
        'sha512-U06rpMtW9V3XPGOBeamTUSr0Z09jMX4IJuANpE/EZbAhw0G8CgwrzU4YmXkn/h0wCDNsXdGarTNNHC3sU8yVUQ==',
    },
  },
  {
    name: 'pdfjs-dist',
    kind: 'a PDF viewer',
    from: {
      version: '6.4.299',
      integrity:
        'sha512-AVl138zALtfaAPvADulE0PZThbYzCBS79nL4pOSL/6Sm/4AH5A21BD9VHt97OlCuzJuCpmeZtAtkinisF4Vb1g==',
    },
    to: {
      version: '6.5.438',
      integrity:
        'sha512-vg8Pw1x+AFKy4AMDvhuWl5cOYV8d698UoEANoFFhc79hqXDnZQqnOXoxw3HG907WHOg1JYOvLhP756boddFxpA==',
    },
  },
  {
    name: 'mermaid',
    kind: 'a diagram tool',
    from: {
      version: '12.2.0',
      integrity:
        'sha512-w7nr/SFrLO7BaVTs3dQTvYSV6nYSBj0Yy9DjBhsIJtAcHqRzXSq4Pg32ujHZ/AdWsAMNEvvhbm5dt9E2tOiHzw==',
    },
    to: {
      version: '12.3.0',
      integrity:
        'sha512-4113TdXeLAsMruJ79OpFL5O8+LTFXhQqZ260rF3tgUmiNAtRm4Uume04I+65PRN6yZ69J4f8rVYWW8zRk65UYw==',
    },
  },
  {
    name: 'three',
    kind: 'a 3D library',
    from: {
      version: '0.186.1',
      integrity:
        'sha512-blFeqb49wRCSGUGj7gtpfnSGHy2lwDk94RhUmS1c/hTby70kvChbWpkJ4Pm1390LqzzvTmzgXKHPEafJwCb8jA==',
    },
    to: {
      version: '0.187.0',
      integrity:
        'sha512-Qiu7R+Cmh8CstZsY1uJOSWnVlfo7ZtNLV7mF8Jltk3LB3AtDu9cRZlcnRKkAk8Y4z6KKw35z7Y7Urd7jWY8etA==',
    },
  },
  {
    name: '@excalidraw/excalidraw',
    kind: 'a drawing tool',
    from: {
      version: '0.18.0',
      integrity:
        'sha512-QkIiS+5qdy8lmDWTKsuy0sK/fen/LRDtbhm2lc2xcFcqhv2/zdg95bYnl+wnwwXGHo7kEmP65BSiMHE7PJ3Zpw==',
    },
    to: {
      version: '0.18.1',
      integrity:
        'sha512-6i5Gt7IDTOH//qa0Z315Ly5iVRhjWpu2whrlQFqkuwrkKUWgRsMk0P5qdE7bpyDpai7jeLeWYkyj1eVAfni1lw==',
    },
  },
  {
    name: 'tldraw',
    kind: 'another drawing tool',
    from: {
      version: '5.4.1',
      integrity:
        'sha512-HJMod7M81eST+V1hJA6y0OV1UjsF8+Ulz7yoolgdEMsjI7P3cS7bbcFGlCVvP/3e8k+BViK4m/aZmDMFjWgulw==',
    },
    to: {
      version: '5.4.2',
      integrity:
        'sha512-hAVjY+X2gln1ogVYkUMC2cee+J5hrAKZbl0WIpKm4HpLsAFdwqVrKzi6UZ8TONOfe4rDgq0+IyHfIn1+XPrHtw==',
    },
  },
]
