// node_modules/@lit/reactive-element/css-tag.js
var e = globalThis, t = e.ShadowRoot && (e.ShadyCSS === void 0 || e.ShadyCSS.nativeShadow) && "adoptedStyleSheets" in Document.prototype && "replace" in CSSStyleSheet.prototype, n = Symbol(), r = /* @__PURE__ */ new WeakMap(), i = class {
	constructor(e, t, r) {
		if (this._$cssResult$ = !0, r !== n) throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");
		this.cssText = e, this.t = t;
	}
	get styleSheet() {
		let e = this.o, n = this.t;
		if (t && e === void 0) {
			let t = n !== void 0 && n.length === 1;
			t && (e = r.get(n)), e === void 0 && ((this.o = e = new CSSStyleSheet()).replaceSync(this.cssText), t && r.set(n, e));
		}
		return e;
	}
	toString() {
		return this.cssText;
	}
}, a = (e) => new i(typeof e == "string" ? e : e + "", void 0, n), o = (n, r) => {
	if (t) n.adoptedStyleSheets = r.map((e) => e instanceof CSSStyleSheet ? e : e.styleSheet);
	else for (let t of r) {
		let r = document.createElement("style"), i = e.litNonce;
		i !== void 0 && r.setAttribute("nonce", i), r.textContent = t.cssText, n.appendChild(r);
	}
}, s = t ? (e) => e : (e) => e instanceof CSSStyleSheet ? ((e) => {
	let t = "";
	for (let n of e.cssRules) t += n.cssText;
	return a(t);
})(e) : e, { is: c, defineProperty: l, getOwnPropertyDescriptor: u, getOwnPropertyNames: d, getOwnPropertySymbols: f, getPrototypeOf: p } = Object, ee = globalThis, te = ee.trustedTypes, ne = te ? te.emptyScript : "", re = ee.reactiveElementPolyfillSupport, ie = (e, t) => e, ae = {
	toAttribute(e, t) {
		switch (t) {
			case Boolean:
				e = e ? ne : null;
				break;
			case Object:
			case Array: e = e == null ? e : JSON.stringify(e);
		}
		return e;
	},
	fromAttribute(e, t) {
		let n = e;
		switch (t) {
			case Boolean:
				n = e !== null;
				break;
			case Number:
				n = e === null ? null : Number(e);
				break;
			case Object:
			case Array: try {
				n = JSON.parse(e);
			} catch {
				n = null;
			}
		}
		return n;
	}
}, oe = (e, t) => !c(e, t), se = {
	attribute: !0,
	type: String,
	converter: ae,
	reflect: !1,
	useDefault: !1,
	hasChanged: oe
};
Symbol.metadata ??= Symbol("metadata"), ee.litPropertyMetadata ??= /* @__PURE__ */ new WeakMap();
var ce = class extends HTMLElement {
	static addInitializer(e) {
		this._$Ei(), (this.l ??= []).push(e);
	}
	static get observedAttributes() {
		return this.finalize(), this._$Eh && [...this._$Eh.keys()];
	}
	static createProperty(e, t = se) {
		if (t.state && (t.attribute = !1), this._$Ei(), this.prototype.hasOwnProperty(e) && ((t = Object.create(t)).wrapped = !0), this.elementProperties.set(e, t), !t.noAccessor) {
			let n = Symbol(), r = this.getPropertyDescriptor(e, n, t);
			r !== void 0 && l(this.prototype, e, r);
		}
	}
	static getPropertyDescriptor(e, t, n) {
		let { get: r, set: i } = u(this.prototype, e) ?? {
			get() {
				return this[t];
			},
			set(e) {
				this[t] = e;
			}
		};
		return {
			get: r,
			set(t) {
				let a = r?.call(this);
				i?.call(this, t), this.requestUpdate(e, a, n);
			},
			configurable: !0,
			enumerable: !0
		};
	}
	static getPropertyOptions(e) {
		return this.elementProperties.get(e) ?? se;
	}
	static _$Ei() {
		if (this.hasOwnProperty(ie("elementProperties"))) return;
		let e = p(this);
		e.finalize(), e.l !== void 0 && (this.l = [...e.l]), this.elementProperties = new Map(e.elementProperties);
	}
	static finalize() {
		if (this.hasOwnProperty(ie("finalized"))) return;
		if (this.finalized = !0, this._$Ei(), this.hasOwnProperty(ie("properties"))) {
			let e = this.properties, t = [...d(e), ...f(e)];
			for (let n of t) this.createProperty(n, e[n]);
		}
		let e = this[Symbol.metadata];
		if (e !== null) {
			let t = litPropertyMetadata.get(e);
			if (t !== void 0) for (let [e, n] of t) this.elementProperties.set(e, n);
		}
		this._$Eh = /* @__PURE__ */ new Map();
		for (let [e, t] of this.elementProperties) {
			let n = this._$Eu(e, t);
			n !== void 0 && this._$Eh.set(n, e);
		}
		this.elementStyles = this.finalizeStyles(this.styles);
	}
	static finalizeStyles(e) {
		let t = [];
		if (Array.isArray(e)) {
			let n = new Set(e.flat(1 / 0).reverse());
			for (let e of n) t.unshift(s(e));
		} else e !== void 0 && t.push(s(e));
		return t;
	}
	static _$Eu(e, t) {
		let n = t.attribute;
		return !1 === n ? void 0 : typeof n == "string" ? n : typeof e == "string" ? e.toLowerCase() : void 0;
	}
	constructor() {
		super(), this._$Ep = void 0, this.isUpdatePending = !1, this.hasUpdated = !1, this._$Em = null, this._$Ev();
	}
	_$Ev() {
		this._$ES = new Promise((e) => this.enableUpdating = e), this._$AL = /* @__PURE__ */ new Map(), this._$E_(), this.requestUpdate(), this.constructor.l?.forEach((e) => e(this));
	}
	addController(e) {
		(this._$EO ??= /* @__PURE__ */ new Set()).add(e), this.renderRoot !== void 0 && this.isConnected && e.hostConnected?.();
	}
	removeController(e) {
		this._$EO?.delete(e);
	}
	_$E_() {
		let e = /* @__PURE__ */ new Map(), t = this.constructor.elementProperties;
		for (let n of t.keys()) this.hasOwnProperty(n) && (e.set(n, this[n]), delete this[n]);
		e.size > 0 && (this._$Ep = e);
	}
	createRenderRoot() {
		let e = this.shadowRoot ?? this.attachShadow(this.constructor.shadowRootOptions);
		return o(e, this.constructor.elementStyles), e;
	}
	connectedCallback() {
		this.renderRoot ??= this.createRenderRoot(), this.enableUpdating(!0), this._$EO?.forEach((e) => e.hostConnected?.());
	}
	enableUpdating(e) {}
	disconnectedCallback() {
		this._$EO?.forEach((e) => e.hostDisconnected?.());
	}
	attributeChangedCallback(e, t, n) {
		this._$AK(e, n);
	}
	_$ET(e, t) {
		let n = this.constructor.elementProperties.get(e), r = this.constructor._$Eu(e, n);
		if (r !== void 0 && !0 === n.reflect) {
			let i = (n.converter?.toAttribute === void 0 ? ae : n.converter).toAttribute(t, n.type);
			this._$Em = e, i == null ? this.removeAttribute(r) : this.setAttribute(r, i), this._$Em = null;
		}
	}
	_$AK(e, t) {
		let n = this.constructor, r = n._$Eh.get(e);
		if (r !== void 0 && this._$Em !== r) {
			let e = n.getPropertyOptions(r), i = typeof e.converter == "function" ? { fromAttribute: e.converter } : e.converter?.fromAttribute === void 0 ? ae : e.converter;
			this._$Em = r;
			let a = i.fromAttribute(t, e.type);
			this[r] = a ?? this._$Ej?.get(r) ?? a, this._$Em = null;
		}
	}
	requestUpdate(e, t, n, r = !1, i) {
		if (e !== void 0) {
			let a = this.constructor;
			if (!1 === r && (i = this[e]), n ??= a.getPropertyOptions(e), !((n.hasChanged ?? oe)(i, t) || n.useDefault && n.reflect && i === this._$Ej?.get(e) && !this.hasAttribute(a._$Eu(e, n)))) return;
			this.C(e, t, n);
		}
		!1 === this.isUpdatePending && (this._$ES = this._$EP());
	}
	C(e, t, { useDefault: n, reflect: r, wrapped: i }, a) {
		n && !(this._$Ej ??= /* @__PURE__ */ new Map()).has(e) && (this._$Ej.set(e, a ?? t ?? this[e]), !0 !== i || a !== void 0) || (this._$AL.has(e) || (this.hasUpdated || n || (t = void 0), this._$AL.set(e, t)), !0 === r && this._$Em !== e && (this._$Eq ??= /* @__PURE__ */ new Set()).add(e));
	}
	async _$EP() {
		this.isUpdatePending = !0;
		try {
			await this._$ES;
		} catch (e) {
			Promise.reject(e);
		}
		let e = this.scheduleUpdate();
		return e != null && await e, !this.isUpdatePending;
	}
	scheduleUpdate() {
		return this.performUpdate();
	}
	performUpdate() {
		if (!this.isUpdatePending) return;
		if (!this.hasUpdated) {
			if (this.renderRoot ??= this.createRenderRoot(), this._$Ep) {
				for (let [e, t] of this._$Ep) this[e] = t;
				this._$Ep = void 0;
			}
			let e = this.constructor.elementProperties;
			if (e.size > 0) for (let [t, n] of e) {
				let { wrapped: e } = n, r = this[t];
				!0 !== e || this._$AL.has(t) || r === void 0 || this.C(t, void 0, n, r);
			}
		}
		let e = !1, t = this._$AL;
		try {
			e = this.shouldUpdate(t), e ? (this.willUpdate(t), this._$EO?.forEach((e) => e.hostUpdate?.()), this.update(t)) : this._$EM();
		} catch (t) {
			throw e = !1, this._$EM(), t;
		}
		e && this._$AE(t);
	}
	willUpdate(e) {}
	_$AE(e) {
		this._$EO?.forEach((e) => e.hostUpdated?.()), this.hasUpdated || (this.hasUpdated = !0, this.firstUpdated(e)), this.updated(e);
	}
	_$EM() {
		this._$AL = /* @__PURE__ */ new Map(), this.isUpdatePending = !1;
	}
	get updateComplete() {
		return this.getUpdateComplete();
	}
	getUpdateComplete() {
		return this._$ES;
	}
	shouldUpdate(e) {
		return !0;
	}
	update(e) {
		this._$Eq &&= this._$Eq.forEach((e) => this._$ET(e, this[e])), this._$EM();
	}
	updated(e) {}
	firstUpdated(e) {}
};
ce.elementStyles = [], ce.shadowRootOptions = { mode: "open" }, ce[ie("elementProperties")] = /* @__PURE__ */ new Map(), ce[ie("finalized")] = /* @__PURE__ */ new Map(), re?.({ ReactiveElement: ce }), (ee.reactiveElementVersions ??= []).push("2.1.2");
// node_modules/lit-html/lit-html.js
var le = globalThis, ue = (e) => e, de = le.trustedTypes, fe = de ? de.createPolicy("lit-html", { createHTML: (e) => e }) : void 0, pe = "$lit$", me = `lit$${Math.random().toFixed(9).slice(2)}$`, he = "?" + me, ge = `<${he}>`, _e = document, ve = () => _e.createComment(""), ye = (e) => e === null || typeof e != "object" && typeof e != "function", be = Array.isArray, xe = (e) => be(e) || typeof e?.[Symbol.iterator] == "function", Se = "[ 	\n\f\r]", Ce = /<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g, we = /-->/g, Te = />/g, Ee = RegExp(`>|${Se}(?:([^\\s"'>=/]+)(${Se}*=${Se}*(?:[^ \t\n\f\r"'\`<>=]|("|')|))|$)`, "g"), De = /'/g, Oe = /"/g, ke = /^(?:script|style|textarea|title)$/i, Ae = (e) => (t, ...n) => ({
	_$litType$: e,
	strings: t,
	values: n
}), m = Ae(1), je = Ae(2), Me = Symbol.for("lit-noChange"), h = Symbol.for("lit-nothing"), Ne = /* @__PURE__ */ new WeakMap(), Pe = _e.createTreeWalker(_e, 129);
function Fe(e, t) {
	if (!be(e) || !e.hasOwnProperty("raw")) throw Error("invalid template strings array");
	return fe === void 0 ? t : fe.createHTML(t);
}
var Ie = (e, t) => {
	let n = e.length - 1, r = [], i, a = t === 2 ? "<svg>" : t === 3 ? "<math>" : "", o = Ce;
	for (let t = 0; t < n; t++) {
		let n = e[t], s, c, l = -1, u = 0;
		for (; u < n.length && (o.lastIndex = u, c = o.exec(n), c !== null);) u = o.lastIndex, o === Ce ? c[1] === "!--" ? o = we : c[1] === void 0 ? c[2] === void 0 ? c[3] !== void 0 && (o = Ee) : (ke.test(c[2]) && (i = RegExp("</" + c[2], "g")), o = Ee) : o = Te : o === Ee ? c[0] === ">" ? (o = i ?? Ce, l = -1) : c[1] === void 0 ? l = -2 : (l = o.lastIndex - c[2].length, s = c[1], o = c[3] === void 0 ? Ee : c[3] === "\"" ? Oe : De) : o === Oe || o === De ? o = Ee : o === we || o === Te ? o = Ce : (o = Ee, i = void 0);
		let d = o === Ee && e[t + 1].startsWith("/>") ? " " : "";
		a += o === Ce ? n + ge : l >= 0 ? (r.push(s), n.slice(0, l) + pe + n.slice(l) + me + d) : n + me + (l === -2 ? t : d);
	}
	return [Fe(e, a + (e[n] || "<?>") + (t === 2 ? "</svg>" : t === 3 ? "</math>" : "")), r];
}, Le = class e {
	constructor({ strings: t, _$litType$: n }, r) {
		let i;
		this.parts = [];
		let a = 0, o = 0, s = t.length - 1, c = this.parts, [l, u] = Ie(t, n);
		if (this.el = e.createElement(l, r), Pe.currentNode = this.el.content, n === 2 || n === 3) {
			let e = this.el.content.firstChild;
			e.replaceWith(...e.childNodes);
		}
		for (; (i = Pe.nextNode()) !== null && c.length < s;) {
			if (i.nodeType === 1) {
				if (i.hasAttributes()) for (let e of i.getAttributeNames()) if (e.endsWith(pe)) {
					let t = u[o++], n = i.getAttribute(e).split(me), r = /([.?@])?(.*)/.exec(t);
					c.push({
						type: 1,
						index: a,
						name: r[2],
						strings: n,
						ctor: r[1] === "." ? He : r[1] === "?" ? Ue : r[1] === "@" ? We : Ve
					}), i.removeAttribute(e);
				} else e.startsWith(me) && (c.push({
					type: 6,
					index: a
				}), i.removeAttribute(e));
				if (ke.test(i.tagName)) {
					let e = i.textContent.split(me), t = e.length - 1;
					if (t > 0) {
						i.textContent = de ? de.emptyScript : "";
						for (let n = 0; n < t; n++) i.append(e[n], ve()), Pe.nextNode(), c.push({
							type: 2,
							index: ++a
						});
						i.append(e[t], ve());
					}
				}
			} else if (i.nodeType === 8) {
				if (i.data === he) c.push({
					type: 2,
					index: a
				});
				else {
					let e = -1;
					for (; (e = i.data.indexOf(me, e + 1)) !== -1;) c.push({
						type: 7,
						index: a
					}), e += me.length - 1;
				}
			}
			a++;
		}
	}
	static createElement(e, t) {
		let n = _e.createElement("template");
		return n.innerHTML = e, n;
	}
};
function Re(e, t, n = e, r) {
	if (t === Me) return t;
	let i = r === void 0 ? n._$Cl : n._$Co?.[r], a = ye(t) ? void 0 : t._$litDirective$;
	return i?.constructor !== a && (i?._$AO?.(!1), a === void 0 ? i = void 0 : (i = new a(e), i._$AT(e, n, r)), r === void 0 ? n._$Cl = i : (n._$Co ??= [])[r] = i), i !== void 0 && (t = Re(e, i._$AS(e, t.values), i, r)), t;
}
var ze = class {
	constructor(e, t) {
		this._$AV = [], this._$AN = void 0, this._$AD = e, this._$AM = t;
	}
	get parentNode() {
		return this._$AM.parentNode;
	}
	get _$AU() {
		return this._$AM._$AU;
	}
	u(e) {
		let { el: { content: t }, parts: n } = this._$AD, r = (e?.creationScope ?? _e).importNode(t, !0);
		Pe.currentNode = r;
		let i = Pe.nextNode(), a = 0, o = 0, s = n[0];
		for (; s !== void 0;) {
			if (a === s.index) {
				let t;
				s.type === 2 ? t = new Be(i, i.nextSibling, this, e) : s.type === 1 ? t = new s.ctor(i, s.name, s.strings, this, e) : s.type === 6 && (t = new Ge(i, this, e)), this._$AV.push(t), s = n[++o];
			}
			a !== s?.index && (i = Pe.nextNode(), a++);
		}
		return Pe.currentNode = _e, r;
	}
	p(e) {
		let t = 0;
		for (let n of this._$AV) n !== void 0 && (n.strings === void 0 ? n._$AI(e[t]) : (n._$AI(e, n, t), t += n.strings.length - 2)), t++;
	}
}, Be = class e {
	get _$AU() {
		return this._$AM?._$AU ?? this._$Cv;
	}
	constructor(e, t, n, r) {
		this.type = 2, this._$AH = h, this._$AN = void 0, this._$AA = e, this._$AB = t, this._$AM = n, this.options = r, this._$Cv = r?.isConnected ?? !0;
	}
	get parentNode() {
		let e = this._$AA.parentNode, t = this._$AM;
		return t !== void 0 && e?.nodeType === 11 && (e = t.parentNode), e;
	}
	get startNode() {
		return this._$AA;
	}
	get endNode() {
		return this._$AB;
	}
	_$AI(e, t = this) {
		e = Re(this, e, t), ye(e) ? e === h || e == null || e === "" ? (this._$AH !== h && this._$AR(), this._$AH = h) : e !== this._$AH && e !== Me && this._(e) : e._$litType$ === void 0 ? e.nodeType === void 0 ? xe(e) ? this.k(e) : this._(e) : this.T(e) : this.$(e);
	}
	O(e) {
		return this._$AA.parentNode.insertBefore(e, this._$AB);
	}
	T(e) {
		this._$AH !== e && (this._$AR(), this._$AH = this.O(e));
	}
	_(e) {
		this._$AH !== h && ye(this._$AH) ? this._$AA.nextSibling.data = e : this.T(_e.createTextNode(e)), this._$AH = e;
	}
	$(e) {
		let { values: t, _$litType$: n } = e, r = typeof n == "number" ? this._$AC(e) : (n.el === void 0 && (n.el = Le.createElement(Fe(n.h, n.h[0]), this.options)), n);
		if (this._$AH?._$AD === r) this._$AH.p(t);
		else {
			let e = new ze(r, this), n = e.u(this.options);
			e.p(t), this.T(n), this._$AH = e;
		}
	}
	_$AC(e) {
		let t = Ne.get(e.strings);
		return t === void 0 && Ne.set(e.strings, t = new Le(e)), t;
	}
	k(t) {
		be(this._$AH) || (this._$AH = [], this._$AR());
		let n = this._$AH, r, i = 0;
		for (let a of t) i === n.length ? n.push(r = new e(this.O(ve()), this.O(ve()), this, this.options)) : r = n[i], r._$AI(a), i++;
		i < n.length && (this._$AR(r && r._$AB.nextSibling, i), n.length = i);
	}
	_$AR(e = this._$AA.nextSibling, t) {
		for (this._$AP?.(!1, !0, t); e !== this._$AB;) {
			let t = ue(e).nextSibling;
			ue(e).remove(), e = t;
		}
	}
	setConnected(e) {
		this._$AM === void 0 && (this._$Cv = e, this._$AP?.(e));
	}
}, Ve = class {
	get tagName() {
		return this.element.tagName;
	}
	get _$AU() {
		return this._$AM._$AU;
	}
	constructor(e, t, n, r, i) {
		this.type = 1, this._$AH = h, this._$AN = void 0, this.element = e, this.name = t, this._$AM = r, this.options = i, n.length > 2 || n[0] !== "" || n[1] !== "" ? (this._$AH = Array(n.length - 1).fill(/* @__PURE__ */ new String()), this.strings = n) : this._$AH = h;
	}
	_$AI(e, t = this, n, r) {
		let i = this.strings, a = !1;
		if (i === void 0) e = Re(this, e, t, 0), a = !ye(e) || e !== this._$AH && e !== Me, a && (this._$AH = e);
		else {
			let r = e, o, s;
			for (e = i[0], o = 0; o < i.length - 1; o++) s = Re(this, r[n + o], t, o), s === Me && (s = this._$AH[o]), a ||= !ye(s) || s !== this._$AH[o], s === h ? e = h : e !== h && (e += (s ?? "") + i[o + 1]), this._$AH[o] = s;
		}
		a && !r && this.j(e);
	}
	j(e) {
		e === h ? this.element.removeAttribute(this.name) : this.element.setAttribute(this.name, e ?? "");
	}
}, He = class extends Ve {
	constructor() {
		super(...arguments), this.type = 3;
	}
	j(e) {
		this.element[this.name] = e === h ? void 0 : e;
	}
}, Ue = class extends Ve {
	constructor() {
		super(...arguments), this.type = 4;
	}
	j(e) {
		this.element.toggleAttribute(this.name, !!e && e !== h);
	}
}, We = class extends Ve {
	constructor(e, t, n, r, i) {
		super(e, t, n, r, i), this.type = 5;
	}
	_$AI(e, t = this) {
		if ((e = Re(this, e, t, 0) ?? h) === Me) return;
		let n = this._$AH, r = e === h && n !== h || e.capture !== n.capture || e.once !== n.once || e.passive !== n.passive, i = e !== h && (n === h || r);
		r && this.element.removeEventListener(this.name, this, n), i && this.element.addEventListener(this.name, this, e), this._$AH = e;
	}
	handleEvent(e) {
		typeof this._$AH == "function" ? this._$AH.call(this.options?.host ?? this.element, e) : this._$AH.handleEvent(e);
	}
}, Ge = class {
	constructor(e, t, n) {
		this.element = e, this.type = 6, this._$AN = void 0, this._$AM = t, this.options = n;
	}
	get _$AU() {
		return this._$AM._$AU;
	}
	_$AI(e) {
		Re(this, e);
	}
}, Ke = {
	M: pe,
	P: me,
	A: he,
	C: 1,
	L: Ie,
	R: ze,
	D: xe,
	V: Re,
	I: Be,
	H: Ve,
	N: Ue,
	U: We,
	B: He,
	F: Ge
}, qe = le.litHtmlPolyfillSupport;
qe?.(Le, Be), (le.litHtmlVersions ??= []).push("3.3.3");
var Je = (e, t, n) => {
	let r = n?.renderBefore ?? t, i = r._$litPart$;
	if (i === void 0) {
		let e = n?.renderBefore ?? null;
		r._$litPart$ = i = new Be(t.insertBefore(ve(), e), e, void 0, n ?? {});
	}
	return i._$AI(e), i;
}, Ye = globalThis, Xe = class extends ce {
	constructor() {
		super(...arguments), this.renderOptions = { host: this }, this._$Do = void 0;
	}
	createRenderRoot() {
		let e = super.createRenderRoot();
		return this.renderOptions.renderBefore ??= e.firstChild, e;
	}
	update(e) {
		let t = this.render();
		this.hasUpdated || (this.renderOptions.isConnected = this.isConnected), super.update(e), this._$Do = Je(t, this.renderRoot, this.renderOptions);
	}
	connectedCallback() {
		super.connectedCallback(), this._$Do?.setConnected(!0);
	}
	disconnectedCallback() {
		super.disconnectedCallback(), this._$Do?.setConnected(!1);
	}
	render() {
		return Me;
	}
};
Xe._$litElement$ = !0, Xe.finalized = !0, Ye.litElementHydrateSupport?.({ LitElement: Xe });
var Ze = Ye.litElementPolyfillSupport;
Ze?.({ LitElement: Xe }), (Ye.litElementVersions ??= []).push("4.2.2");
// node_modules/temporal-polyfill/chunks/root.js
var Qe = globalThis.Temporal, $e = (e, t) => `Non-positive ${e}: ${t}`, et = (e, t) => `Non-finite ${e}: ${t}`, tt = (e) => `Cannot convert bigint to ${e}`, nt = "Invalid object", rt = (e, t, n, r) => it(e, t) + `; must be between ${n}-${r}`, it = (e, t) => `Invalid ${e}: ${t}`, at = 1e3, ot = 1e6, st = 1e9, ct = 6e10, lt = 36e11;
function ut(e) {
	return e === void 0 ? Object.create(null) : gt(e);
}
function dt(e, t = "number") {
	if (typeof e == "bigint") throw TypeError(tt(t));
	if (e = Number(e), !Number.isFinite(e)) throw RangeError(et(t, e));
	return e;
}
function g(e, t) {
	return Math.trunc(dt(e, t)) || 0;
}
function ft(e, t) {
	return pt(g(e, t), t);
}
function pt(e, t = "number") {
	if (e <= 0) throw RangeError($e(t, e));
	return e;
}
function mt(e, t, n) {
	return Math.min(Math.max(e, t), n);
}
function ht(e) {
	return e !== null && (typeof e == "object" || typeof e == "function");
}
function gt(e) {
	if (!ht(e)) throw TypeError(nt);
	return e;
}
// node_modules/temporal-polyfill/chunks/internal.js
var _t = it, vt = (e) => `Missing ${e}`, yt = (e, t, n) => it(e, t) + "; must be " + Object.keys(n).join(), bt = "Cannot use valueOf", xt = "Invalid calling context", St = (e) => "Missing year" + (e ? "/era/eraYear" : ""), Ct = "Invalid leap month", wt = (e) => it("Calendar", e), Tt = (e, t) => `Unknown calendar ${e}; might need ${t}`, Et = (e) => it("TimeZone", e), Dt = (e) => `Cannot parse: ${e}`, Ot = mt, _ = ht;
function v(e) {
	throw RangeError(e);
}
function y(e) {
	throw TypeError(e);
}
function kt(e, t, n, r, i) {
	return At(t, ((e, t) => {
		let n = e[t];
		return n === void 0 && y(vt(t)), n;
	})(e, t), n, r, i);
}
function At(e, t, n, r, i, a) {
	let o = Ot(t, n, r);
	return i && t !== o && v(((e, t, n, r, i) => i ? rt(e, i[t], i[n], i[r]) : rt(e, t, n, r))(e, t, n, r, a)), o;
}
function jt(e, t = Map, n = 1e4) {
	let r = new t();
	return (t, ...i) => {
		if (r.has(t)) return r.get(t);
		r.size >= n && r.clear();
		let a = e(t, ...i);
		return r.set(t, a), a;
	};
}
var Mt = (e) => Nt({ name: e }, 1), Nt = (e, t) => Ft((e) => ({
	value: e,
	configurable: 1,
	writable: !t
}), e), Pt = (e) => ({ [Symbol.toStringTag]: {
	value: e,
	configurable: 1
} });
function Ft(e, t) {
	let n = {};
	for (let r in t) n[r] = e(t[r], r);
	return n;
}
function It(e, t) {
	let n = {};
	for (let r of e) n[r] = t;
	return n;
}
function Lt(e) {
	let t = {};
	for (let n of e) t[n] = (e) => e[n];
	return t;
}
function Rt(e, t, n = Object.create(null)) {
	for (let r of e) n[r] = t[r];
	return n;
}
function zt(e, t, n) {
	for (let r of e) if (t[r] !== n[r]) return 0;
	return 1;
}
function Bt(e, t, n) {
	let r = { ...n };
	for (let n = 0; n < t; n++) r[e[n]] = 0;
	return r;
}
function b(e, ...t) {
	return (...n) => e(...t, ...n);
}
function Vt() {}
function Ht(e) {
	return e[0].toUpperCase() + e.substring(1);
}
function x(...e) {
	return [].concat(...e).sort();
}
function Ut(e) {
	return RegExp(`^${e}$`);
}
function Wt(e) {
	return parseInt(e.padEnd(9, "0"));
}
function S(e) {
	return e === void 0 ? 0 : parseInt(e);
}
function Gt(e, t) {
	return String(t).padStart(e, "0");
}
var Kt = /*@__PURE__*/ b(Gt, 2);
function qt(e, t) {
	return Math.sign(e - t);
}
function C(e, t) {
	return e < t ? -1 : +(e > t);
}
function Jt(e, t) {
	let n = e / t;
	return e % t < 0n ? n - 1n : n;
}
function Yt(e, t) {
	let n = Jt(e, t);
	return [n, e - n * t];
}
function Xt(e, t) {
	return [Math.floor(e / t), Zt(e, t)];
}
function Zt(e, t) {
	return (e % t + t) % t;
}
function Qt(e, t) {
	return Math.trunc(e / t) || 0;
}
function $t(e, t) {
	return e % t || 0;
}
function en(e, t = 1) {
	return t * (.5 + e / 5);
}
function tn(e) {
	return Math.abs(e % 1) === .5;
}
var nn = "iso8601", rn = {
	bce: -1,
	ce: 0
};
function an(e) {
	let t = e.normalize("NFD").toLowerCase().replace(/[^a-z0-9]/g, "");
	return t === "bc" || t === "b" ? "bce" : t === "ad" || t === "a" ? "ce" : t;
}
function on(e) {
	return e === void 0 ? "iso8601" : e === 0 ? "gregory" : e.id;
}
var sn = /^M(\d{2})(L?)$/;
function cn(e) {
	let t = sn.exec(e);
	return t || v(((e) => `Invalid monthCode: ${e}`)(e)), [parseInt(t[1]), !!t[2]];
}
function ln(e, t) {
	return "M" + Kt(e) + (t ? "L" : "");
}
function un(e, t, n) {
	return e + (t || n && e >= n ? 1 : 0);
}
var dn = {
	nanosecond: 0,
	microsecond: 1,
	millisecond: 2,
	second: 3,
	minute: 4,
	hour: 5,
	day: 6,
	week: 7,
	month: 8,
	year: 9
}, fn = /*@__PURE__*/ Object.keys(dn), pn = at, mn = ot, hn = st, gn = ct, _n = lt, vn = 864e11, yn = [
	1,
	pn,
	mn,
	hn,
	gn,
	_n,
	vn
], bn = /*@__PURE__*/ BigInt(pn), xn = /*@__PURE__*/ BigInt(mn), Sn = /*@__PURE__*/ BigInt(hn), Cn = /*@__PURE__*/ BigInt(gn), wn = /*@__PURE__*/ BigInt(_n), w = /*@__PURE__*/ BigInt(vn);
function Tn(e, t) {
	let n = Number(e / w), r = Number(e % w);
	return vn / t * n + (Math.trunc(r / t) + r % t / t);
}
var T = /*@__PURE__*/ fn.slice(0, 6), En = /*@__PURE__*/ Lt(T), Dn = ["year"], On = ["day"], kn = [
	"day",
	"month",
	"year"
], An = ["offset"], jn = ["timeZone"], Mn = ["era", "eraYear"], Nn = [
	"era",
	"eraYear",
	"year"
], Pn = ["month", "monthCode"], Fn = [
	"day",
	"month",
	"monthCode"
], In = /*@__PURE__*/ x(T), Ln = /*@__PURE__*/ x(Mn, Dn), Rn = /*@__PURE__*/ x(Pn, Dn), zn = /*@__PURE__*/ x(Mn, Rn), Bn = /*@__PURE__*/ x(["monthCode"], Dn), Vn = /*@__PURE__*/ x(Mn, Bn), Hn = /*@__PURE__*/ x(On, ["monthCode"]), Un = /*@__PURE__*/ x(On, Rn), Wn = /*@__PURE__*/ x(On, Mn, Rn), Gn = /*@__PURE__*/ x(Un, T), Kn = /*@__PURE__*/ x(Wn, T), qn = /*@__PURE__*/ x(Un, T, An), Jn = /*@__PURE__*/ x(Wn, T, An), Yn = /*@__PURE__*/ x(Un, T, An, jn), Xn = /*@__PURE__*/ x(Wn, T, An, jn), Zn = /*@__PURE__*/ x(On, Bn), Qn = /*@__PURE__*/ x(On, Mn, Bn), $n = /*@__PURE__*/ It(T, 0);
function er(e) {
	return nr(e, 1), e;
}
var tr = {
	hour: 23,
	minute: 59,
	second: 59
};
function nr(e, t) {
	let n = {};
	for (let r of T) n[r] = At(r, e[r], 0, tr[r] || 999, t);
	return n;
}
function E(e) {
	return ir(e) * hn + ar(e);
}
function rr(e) {
	return 1e3 * ir(e) + e.millisecond;
}
function ir(e) {
	return 3600 * e.hour + 60 * e.minute + e.second;
}
function ar(e) {
	return e.millisecond * mn + e.microsecond * pn + e.nanosecond;
}
function or(e) {
	let [t, n] = Xt(e, vn);
	return [sr(n), t];
}
function sr(e) {
	let [t, n] = Xt(e, mn), [r, i] = Xt(n, pn);
	return cr(t, r, i);
}
function cr(e, t = 0, n = 0) {
	let [r, i] = Xt(e, 36e5), [a, o] = Xt(i, 6e4), [s, c] = Xt(o, 1e3);
	return {
		hour: r,
		minute: a,
		second: s,
		millisecond: c,
		microsecond: t,
		nanosecond: n
	};
}
function lr(e) {
	let [t, n] = Yt(e, Sn);
	return [Number(t), Number(n)];
}
function ur(e) {
	return Number(Jt(e, xn));
}
function D(e) {
	return fr(e) + BigInt(E(e));
}
function dr(e) {
	return pr(e) + rr(e);
}
function fr(e) {
	return BigInt(mr(e)) * w;
}
function pr(e) {
	return 864e5 * mr(e);
}
function mr(e) {
	return hr(e.year, e.month, e.day);
}
function hr(e, t = 1, n = 1) {
	let r = t - 1;
	return e += Math.floor(r / 12), t = Zt(r, 12), Date.UTC(e % 400 - 400, t, 0) / 864e5 + 146097 * (Qt(e, 400) + 1) + n;
}
function gr(e) {
	let [t, n] = Yt(e, w);
	return {
		..._r(Number(t)),
		...sr(Number(n))
	};
}
function _r(e) {
	let t = /* @__PURE__ */ new Date(864e5 * Zt(e, 146097));
	return {
		year: t.getUTCFullYear() + 400 * Math.floor(e / 146097),
		month: t.getUTCMonth() + 1,
		day: t.getUTCDate()
	};
}
function vr(e) {
	return [e, 0];
}
function yr(e, t) {
	if (!t) return {
		year: 1972,
		month: e
	};
}
function br(e, t, n) {
	return {
		year: e,
		month: t,
		day: n
	};
}
function xr(e, t) {
	switch (t) {
		case 2: return Cr(e) ? 29 : 28;
		case 4:
		case 6:
		case 9:
		case 11: return 30;
	}
	return 31;
}
function Sr(e) {
	return Cr(e) ? 366 : 365;
}
function Cr(e) {
	return e % 4 == 0 && (e % 100 != 0 || e % 400 == 0);
}
function wr(e, t, n) {
	return e += Qt(n, 12), (t += $t(n, 12)) < 1 ? (e--, t += 12) : t > 12 && (e++, t -= 12), {
		year: e,
		month: t
	};
}
function Tr(e, t, n, r) {
	return 12 * (n - e) + r - t;
}
function Er(e) {
	return Zt(hr(e.year, e.month, e.day) + 4, 7) || 7;
}
function Dr(e) {
	return hr(e.year, e.month, e.day) - hr(e.year) + 1;
}
function Or(e) {
	let t = e.year, n = Math.floor((Dr(e) - Er(e) + 10) / 7), r = kr(t);
	return n < 1 ? n = r = kr(--t) : n > r && (n = 1, r = kr(++t)), {
		weekOfYear: n,
		yearOfWeek: t,
		De: r
	};
}
function kr(e) {
	let t = Er({
		year: e,
		month: 1,
		day: 1
	});
	return t === 4 || t === 3 && Cr(e) ? 53 : 52;
}
function Ar({ year: e }) {
	return e < 1 ? {
		era: "bce",
		eraYear: 1 - e
	} : {
		era: "ce",
		eraYear: e
	};
}
function jr(e) {
	return Mr(e), er(e);
}
function Mr(e) {
	return Nr(e, 1), e;
}
function Nr(e, t) {
	let { year: n } = e, r = kt(e, "month", 1, 12, t);
	return {
		year: n,
		month: r,
		day: kt(e, "day", 1, xr(n, r), t)
	};
}
function O(e, t) {
	return e ? e.de(t) : t;
}
function Pr(e, t, n) {
	return e ? e.L(t, n) : vr(n);
}
function Fr(e, t) {
	return e === 0 ? Ar(t) : e && e.h?.(t) || {};
}
function Ir(e, t, n, r) {
	return e ? e.fe(t, n, r) : br(t, n, r);
}
function Lr(e, t) {
	return e ? e.j(t) : 12;
}
function Rr(e, t, n) {
	return e ? e.o(t, n) : xr(t, n);
}
function zr(e, t) {
	let { year: n, month: r } = O(e, t), [i, a] = Pr(e, n, r);
	return ln(i, a);
}
function Br(e, t) {
	let { year: n } = O(e, t);
	return e ? e.q(n) : Cr(n);
}
function Vr(e, t) {
	let { year: n } = O(e, t);
	return Lr(e, n);
}
function Hr(e, t) {
	let { year: n, month: r } = O(e, t);
	return Rr(e, n, r);
}
function Ur(e, t) {
	let { year: n } = O(e, t);
	return e ? e.i(n) : Sr(n);
}
function Wr(e, t) {
	if (!e) return Dr(t);
	let { year: n } = O(e, t), r = Ir(e, n, 1, 1);
	return mr(t) - mr(r) + 1;
}
function Gr(e, t) {
	return e === void 0 ? Or(t).weekOfYear : void 0;
}
function Kr(e, t) {
	return e === void 0 ? Or(t).yearOfWeek : void 0;
}
var k = /*@__PURE__*/ fn.map((e) => e + "s"), qr = /*@__PURE__*/ Lt(k), Jr = /*@__PURE__*/ x(k), Yr = /*@__PURE__*/ k.slice(0, 6), Xr = /*@__PURE__*/ k.slice(6), Zr = /*@__PURE__*/ Xr.slice(1), A = /*@__PURE__*/ It(k, 0), Qr = /*@__PURE__*/ It(Yr, 0), $r = /*@__PURE__*/ b(Bt, k);
function ei(e, t) {
	return t ?? v(vt(e)), t;
}
var j = /*@__PURE__*/ b(ti, "string");
function ti(e, t, n = e) {
	return typeof t !== e && y(_t(n, t)), t;
}
function ni(e, t = "number") {
	return Number.isInteger(e) || v(((e, t) => `Non-integer ${e}: ${t}`)(t, e)), e || 0;
}
function ri(e) {
	return typeof e == "symbol" && y("Cannot convert Symbol to string"), String(e);
}
function ii(e) {
	if (!ht(e)) return e;
	let t = e[Symbol.toPrimitive];
	if (t != null) {
		typeof t != "function" && y();
		let n = Reflect.apply(t, e, ["string"]);
		return ht(n) && y(), n;
	}
	return Date.prototype[Symbol.toPrimitive].call(e, "string");
}
function ai(e) {
	return typeof e == "boolean" ? BigInt(+!!e) : typeof e == "string" ? BigInt(e) : (typeof e != "bigint" && y(`Invalid bigint: ${e}`), e);
}
function oi(e, t) {
	return ni(dt(e, t), t);
}
var si = "smallestUnit", ci = {
	constrain: 0,
	reject: 1
}, li = {
	compatible: 0,
	reject: 1,
	earlier: 2,
	later: 3
}, ui = {
	reject: 0,
	use: 1,
	prefer: 2,
	ignore: 3
}, di = {
	auto: 0,
	never: 1,
	critical: 2,
	always: 3
}, fi = {
	auto: 0,
	never: 1,
	critical: 2
}, pi = {
	auto: 0,
	never: 1
}, mi = {
	floor: 0,
	halfFloor: 1,
	ceil: 2,
	halfCeil: 3,
	trunc: 4,
	halfTrunc: 5,
	expand: 6,
	halfExpand: 7,
	halfEven: 8
}, hi = [
	Math.floor,
	(e) => tn(e) ? Math.floor(e) : Math.round(e),
	Math.ceil,
	(e) => tn(e) ? Math.ceil(e) : Math.round(e),
	Math.trunc,
	(e) => tn(e) ? Math.trunc(e) || 0 : Math.round(e),
	(e) => e < 0 ? Math.floor(e) : Math.ceil(e),
	(e) => Math.sign(e) * Math.round(Math.abs(e)) || 0,
	(e) => tn(e) ? (e = Math.trunc(e) || 0) + e % 2 : Math.round(e)
], gi = {
	previous: -1,
	next: 1
};
function _i(e) {
	let t = e.roundingIncrement;
	if (t === void 0) return 1;
	let n = g(t, "roundingIncrement");
	return (n < 1 || n > 10 ** 9) && v(_t("roundingIncrement", n)), n;
}
function vi(e) {
	let t = e.fractionalSecondDigits;
	if (t !== void 0) {
		if (typeof t != "number") {
			if (ri(t) === "auto") return;
			v(_t("fractionalSecondDigits", t));
		}
		t = At("fractionalSecondDigits", Math.floor(t), 0, 9, 1);
	}
	return t;
}
function yi(e, t, n = 0, r) {
	let i = t[e];
	if (i === void 0) return r ? n : void 0;
	if (i = ri(i), i === "auto") return r ? n : null;
	let a = dn[i];
	return a === void 0 && (a = k.indexOf(i)), a < 0 && v(yt(e, i, dn)), a;
}
function bi(e, t, n, r = 0) {
	let i = n[e];
	if (i === void 0) return r;
	let a = ri(i), o = t[a];
	return o === void 0 && v(yt(e, a, t)), o;
}
var xi = /*@__PURE__*/ b(yi, si), Si = /*@__PURE__*/ b(yi, "largestUnit"), Ci = /*@__PURE__*/ b(yi, "unit"), wi = /*@__PURE__*/ b(bi, "overflow", ci), Ti = /*@__PURE__*/ b(bi, "disambiguation", li), Ei = /*@__PURE__*/ b(bi, "offset", ui), Di = /*@__PURE__*/ b(bi, "calendarName", di), Oi = /*@__PURE__*/ b(bi, "timeZoneName", fi), ki = /*@__PURE__*/ b(bi, "offset", pi), Ai = /*@__PURE__*/ b(bi, "roundingMode", mi), ji = /*@__PURE__*/ b(bi, "direction", gi);
function Mi(e, t) {
	return typeof e == "string" ? ((e, t) => {
		let n = Object.create(null);
		return n[e] = t, n;
	})(t, e) : gt(e);
}
function Ni(e, t, n, r) {
	let i = r ? vn : yn[t + 1];
	if (i) {
		let n = e * yn[t];
		(i % n || !r && n === i) && v(_t("roundingIncrement", e));
	} else !n && e > 1 && v(_t("roundingIncrement", e));
	return e;
}
function Pi(e, t, n, r) {
	return t != null && At(e, t, n, r, 1, fn), t;
}
function Fi(e, t) {
	t > e && v("smallestUnit > largestUnit");
}
function Ii(e, t, n, r = 9, i = 0, a = 4) {
	t = ut(t);
	let o = Si(t, i), s = _i(t), c = Ai(t, a), l = xi(t, i, 1);
	return o = Pi("largestUnit", o, i, r), l = Pi(si, l, i, r), o == null ? o = Math.max(n, l) : Fi(o, l), s = Ni(s, l, 1), e && (c = ((e) => e < 4 ? (e + 2) % 4 : e)(c)), [
		o,
		l,
		s,
		c
	];
}
function Li(e, t = 6, n) {
	let r = _i(e = Mi(e, si)), i = Ai(e, 7), a = xi(e);
	return a = ei(si, a), a = Pi(si, a, 0, t), r = Ni(r, a, void 0, n), [
		a,
		r,
		i
	];
}
function M(e, t) {
	return Rt(kn, e, Rt(T, t));
}
var Ri = /*@__PURE__*/ BigInt(1e8) * w, zi = /*@__PURE__*/ BigInt(-1e8) * w, Bi = zi - w;
function Vi(e) {
	let t = 12 * e.year + e.month;
	return (t < -3261848 || t > 3309129) && v("Out-of-bounds date"), e;
}
function N(e, t = 1) {
	let n = fr(e);
	return (n < (t ? Bi : zi) || n > Ri) && v("Out-of-bounds date"), e;
}
function Hi(e) {
	return Ui(D(e)), e;
}
function Ui(e) {
	return (e <= Bi || e >= Ri + w) && v("Out-of-bounds date"), e;
}
function Wi(e) {
	return (e < zi || e > Ri) && v("Out-of-bounds date"), e;
}
function Gi(e, t) {
	return Wi(fr(e) + BigInt(E(e) - t));
}
function Ki(e, t, n) {
	return qi(e / t, n) * t || 0;
}
function qi(e, t) {
	return hi[t](e);
}
function Ji(e, t, n, r) {
	let i = Xi(e, t, r, n);
	return Qi(i, Number(n - i.N) / Number(i.te - i.N));
}
function Yi(e, t, n, r) {
	return Ki(Qi(e, $i(t, e.N, e.te)), n, r);
}
function Xi(e, t, n, r) {
	let i = Zi(e, t, n);
	return ((e, t, n, r) => r > 0 ? t <= e && e <= n : n <= e && e <= t)(r, i.N, i.te, Math.sign(t)) || (i = Zi(e + t, t, n)), i;
}
function Zi(e, t, n) {
	let r = e + t;
	return {
		ve: e,
		pe: r,
		N: n(e),
		te: n(r)
	};
}
function Qi(e, t) {
	return e.ve + t * (e.pe - e.ve);
}
function $i(e, t, n) {
	let r = n - t, i = e - t;
	if (!i) return 0;
	let a = i < 0n ? -i : i, o = r < 0n ? -r : r, s = C(i, 0n) === C(r, 0n) ? 1 : -1;
	return C(a, o) <= 0 ? a === o ? s : en(C(2n * a, o), s) : Number(i) / Number(r);
}
function P(e) {
	return { epochNanoseconds: e };
}
function ea(e, t, n) {
	return {
		calendar: n,
		timeZone: t,
		epochNanoseconds: e
	};
}
function ta(e, t) {
	return Rt(T, e, F(e, t));
}
function F(e, t) {
	return Rt(kn, e, { calendar: t });
}
function na(e) {
	return Rt(T, e);
}
function ra(e) {
	return Rt(k, e, { sign: So(e) });
}
function ia(e, t, n, r) {
	return ea(t === 6 ? la(e, r) : ua(e, t, n, r), e.timeZone, e.calendar);
}
function aa(e) {
	let [t, n] = va(e);
	return Tn(n - t, _n);
}
function oa(e) {
	let { timeZone: t, calendar: n } = e;
	return ea(Aa(t, M(I(e), $n)), t, n);
}
function sa(e, t, n, r, i, a, o, s) {
	if (r === 0 && i === 1) return e;
	let c = So(e) || 1, [l, u, d] = (mo(r, s) ? s && r < 6 && n >= 6 ? ga : _a : ha)(c, e, t, n, r, i, a, o);
	return d && r !== 7 && (l = ((e, t, n, r, i, a) => {
		for (let o = r + 1; o <= n; o++) {
			if (o === 7 && n !== 7) continue;
			let r = $r(o, e);
			r[k[o]] += i;
			let s = C(t, lo(a, r));
			if (s && s !== i) break;
			e = r;
		}
		return e;
	})(l, u, n, Math.max(6, r), c, o)), l;
}
function ca(e, t, n) {
	let r = Math.max(Math.min(Mo(e), 6), 3);
	return ko(xa(Eo(e), BigInt(t), n), r);
}
function la(e, t) {
	let [n, r] = va(e);
	return ya(e.epochNanoseconds, n, r, t);
}
function ua(e, t, n, r) {
	if (t === 0 && n === 1) return e.epochNanoseconds;
	let i = I(e);
	return Da(e.timeZone, da(i, t, n, r), i.offsetNanoseconds);
}
function da(e, t, n, r) {
	return pa(e, wa(t, n), r, yn[t + 1]);
}
function fa(e, t, n, r) {
	return ma(e, wa(t, n), r, yn[t + 1]);
}
function pa(e, t, n, r) {
	let [i, a] = ma(e, t, n, r), o = M(Ua(e, a), i);
	return Hi(o), o;
}
function ma(e, t, n, r = vn) {
	let i = E(e), a = i % r;
	return or(i - a + Ki(a, t, n));
}
function ha(e, t, n, r, i, a, o, s) {
	let c = k[i], l = $r(i, t);
	i === 7 && (t = {
		...t,
		weeks: t.weeks + Math.trunc(t.days / 7)
	});
	let u = Qt(t[c], a) * a, d = Xi(u, a * e, (e) => (l[c] = e, lo(s, l)), n), f = Yi(d, n, a, o);
	return l[c] = f, [
		l,
		f === d.pe ? d.te : d.N,
		f !== u
	];
}
function ga(e, t, n, r, i, a, o, s) {
	let c = Number(Do(t)), l = wa(i, a), u = Ki(c, l, o), d = {
		...t,
		...Qr
	}, f = s.X(d), p = s.X({
		...d,
		days: d.days + e
	}), ee = Number(p - f);
	Math.sign(ee) !== e && v("Out-of-bounds TimeZone gap");
	let te = u - ee, ne = 0, re;
	te && Math.sign(te) !== e ? re = f + BigInt(u) : (ne += e, u = Ki(te, l, o), re = p + BigInt(u));
	let ie = Ao(u);
	return [
		{
			...t,
			...ie,
			days: t.days + ne
		},
		re,
		!!ne
	];
}
function _a(e, t, n, r, i, a, o) {
	let s = Eo(t), c = xa(s, Ta(i, a), o), l = c - s, u = Math.sign(Number(c / w) - Number(s / w)) === e, d = ko(c, Math.min(r, 6));
	return [
		{
			...t,
			...d
		},
		n + l,
		u
	];
}
function va(e) {
	let { timeZone: t } = e, n = M(I(e), $n), r = M(Ua(n, 1), $n);
	return [Aa(t, n), Aa(t, r)];
}
function ya(e, t, n, r) {
	return qi($i(e < n ? e : n - 1n, t, n), r) ? n : t;
}
function ba(e) {
	return Ki(e, gn, 7);
}
function xa(e, t, n) {
	return Ca(e, t, n, e / t % 2n);
}
function Sa(e, t, n) {
	let [r, i] = Yt(e, w), a = r * w;
	return a + Ca(i, t, n, a / t + i / t & 1n);
}
function Ca(e, t, n, r) {
	let i = e / t, a = e % t, o = 0;
	a && (o = en(C(2n * (a < 0n ? -a : a), t), Math.sign(Number(a))));
	let s = qi(Number(r) + o, n);
	return (i - r + BigInt(s)) * t;
}
function wa(e, t) {
	return yn[e] * t;
}
function Ta(e, t) {
	return BigInt(yn[e]) * BigInt(t);
}
var I = /*@__PURE__*/ jt(Ea, WeakMap);
function Ea(e) {
	let { epochNanoseconds: t, timeZone: n } = e, r = n.B(t);
	return {
		...gr(t + BigInt(r)),
		offsetNanoseconds: r
	};
}
function Da(e, t, n) {
	return Oa(e, t, n, 2, 0);
}
function Oa(e, t, n, r = 0, i = 0, a, o) {
	if (o || n !== void 0 && r === 1) return Gi(t, n || 0);
	let s = e.O(t);
	if (n !== void 0 && r !== 3) {
		N(t, 0);
		let e = ((e, t, n, r) => {
			let i = D(t);
			r && (n = ba(n));
			for (let t of e) {
				let e = Number(i - t);
				if (r && (e = ba(e)), e === n) return t;
			}
		})(s, t, n, a);
		if (e !== void 0) return e;
		r === 0 && v("Invalid TimeZone offset");
	}
	return ka(e, t, i, s);
}
function ka(e, t, n = 0, r = e.O(t)) {
	if (r.length === 1) return r[0];
	if (n === 1 && v("Ambiguous offset"), r.length) return r[+(n === 3)];
	let i = D(t), a = ((e, t) => {
		let n = e.B(t - w);
		return ((e) => (e > vn && v("Out-of-bounds TimeZone gap"), e))(e.B(t + w) - n);
	})(e, i), o = gr(i + BigInt(a * (n === 2 ? -1 : 1)));
	return (r = e.O(o))[n === 2 ? 0 : r.length - 1];
}
function Aa(e, t) {
	let n = e.O(t);
	if (n.length) return n[0];
	let r = D(t) - w;
	return e.C(r, 1);
}
function ja(e, t, n, r = 0) {
	return So(n) && At("unit", Mo(n), 8, 9, 1, k), La(e, Ia(e, N(La(e, t)), n, r));
}
function Ma(e, t, n = 0) {
	let { calendar: r, epochNanoseconds: i, timeZone: a } = e, o = Do(t), s = i;
	if (jo(t)) {
		let i = I(e);
		s = ka(a, M(Ia(r, i, {
			...t,
			...Qr
		}, n), i)) + o;
	} else s += o;
	return {
		...e,
		epochNanoseconds: Wi(s)
	};
}
function Na(e, t, n, r = 0) {
	let [i, a] = Pa(t, n);
	return Hi(M(Ia(e, t, {
		...n,
		...Qr,
		days: n.days + a
	}, r), i));
}
function Pa(e, t) {
	return Va(e, Do(t));
}
function Fa(e, t) {
	return Ha(e, (At("unit", Mo(n = t), 0, 5, 1, k), Do(n)));
	var n;
}
function Ia(e, t, n, r = 0) {
	let { years: i, months: a, weeks: o, days: s } = n, c;
	if (s += Number(Do(n) / w), i || a) c = Ra(e, t, i, a, r);
	else {
		if (!o && !s) return t;
		c = t;
	}
	return (o || s) && (c = Ua(c, 7 * o + s)), N(c);
}
function La(e, t) {
	return Ua(t, 1 - O(e, t).day);
}
function Ra(e, t, n, r, i) {
	let { year: a, month: o, day: s } = O(e, t);
	if (n) {
		let [t, r] = Pr(e, a, o);
		a += n, o = Ba(e, t, r, e ? e.p(a) : void 0, i), o = At("month", o, 1, Lr(e, a), i);
	}
	if (r) {
		let t = za(e, a, o, r);
		({year: a, month: o} = t);
	}
	return s = At("day", s, 1, Rr(e, a, o), i), Ir(e, a, o, s);
}
function za(e, t, n, r) {
	return e ? e.ae(t, n, r) : wr(t, n, r);
}
function Ba(e, t, n, r, i) {
	if (n) {
		let n = e ? e.l : void 0;
		if (r !== void 0 && (n < 0 || r === t + 1)) return r;
		if (i === 1 && v(Ct), n < 0) return -n;
	}
	return un(t, 0, r);
}
function Va(e, t) {
	let n = Number(t / w), r = Number(t % w), [i, a] = or(E(e) + r);
	return [i, n + a];
}
function Ha(e, t) {
	return Wi(e + t);
}
function Ua(e, t) {
	return t ? _r(mr(e) + t) : e;
}
function Wa(e, t) {
	return on(e) !== on(t) && v("Mismatching Calendars"), e;
}
function Ga(e, t) {
	return e.m !== t.m && v("Mismatching TimeZones"), e;
}
function Ka(e) {
	return e.timeZone.id;
}
function qa(e, t, n, r, i, a, o) {
	return r < 6 ? $a(t.epochNanoseconds, n.epochNanoseconds, r, i, a, o) : ((e, t, n, r, i, a, o) => {
		let s = Ga(t.timeZone, n.timeZone), c = n.epochNanoseconds;
		if (c === t.epochNanoseconds) return A;
		let l;
		return l = eo(s, e, t, n, r), l = sa(l, c, r, i, a, o, uo(e, s, t), 1), l;
	})(e, t, n, r, i, a, o);
}
function Ja(e, t, n, r, i, a, o) {
	return r <= 6 ? $a(D(t), D(n), r, i, a, o) : ((e, t, n, r, i, a, o) => {
		let s = D(n), c = C(s, D(t));
		if (!c) return A;
		let l;
		return l = no(e, t, n, c, r), l = sa(l, s, r, i, a, o, ((e, t) => ({
			ne: D(t),
			X: (n) => D(M(Ia(e, t, n), t))
		}))(e, t)), l;
	})(e, t, n, r, i, a, o);
}
function Ya(e, t, n, r, i, a, o) {
	let s = La(e, t), c = La(e, n);
	return ao(s, c) ? Qa(e, N(s), N(c), r, i, a, o, 8) : A;
}
function Xa(e, t, n, r, i, a, o, s = 6) {
	return r === 6 ? $a(fr(t), fr(n), r, i, a, o) : Qa(e, t, n, r, i, a, o, s);
}
function Za(e, t, n, r, i, a) {
	let o = Ki(E(t) - E(e), wa(r, i), a);
	return {
		...A,
		...Ao(o, n)
	};
}
function Qa(e, t, n, r, i, a, o, s = 6) {
	let c = fr(n);
	if (!ao(t, n)) return A;
	let l;
	return l = io(e, t, n, r), i === s && a === 1 || (l = sa(l, c, r, i, a, o, fo(e, t))), l;
}
function $a(e, t, n, r, i, a) {
	return {
		...A,
		...ko(xa(t - e, Ta(r, i), a), n)
	};
}
function eo(e, t, n, r, i) {
	return i < 6 ? {
		...A,
		...ko(r.epochNanoseconds - n.epochNanoseconds, i)
	} : ((e, n, r) => {
		let a = C(r.epochNanoseconds, n.epochNanoseconds);
		if (!a) return A;
		if (!ao(I(n), I(r))) return {
			...A,
			...ko(r.epochNanoseconds - n.epochNanoseconds, 5)
		};
		let [o, s, c] = ro(e, n, r, a);
		return {
			...(l = o, u = s, io(t, l, u, i)),
			...Ao(c)
		};
		var l, u;
	})(e, n, r);
}
function to(e, t, n, r) {
	let i = D(t), a = D(n), o = C(a, i);
	return o ? r <= 6 ? {
		...A,
		...ko(a - i, r)
	} : no(e, t, n, o, r) : A;
}
function no(e, t, n, r, i) {
	let a = n, o = E(n) - E(t);
	return Math.sign(o) === -r && (a = Ua(n, -r), o += vn * r), {
		...io(e, t, a, i),
		...Ao(o)
	};
}
function ro(e, t, n, r) {
	let i = I(t), a = I(n), o = n.epochNanoseconds, s = 0, c = E(a) - E(i);
	Math.sign(c) === -r && s++;
	let l = r > 0 ? 2 : 1;
	for (;; s++) {
		let t = Ua(a, s * -r), n = ka(e, M(t, i));
		if (s === l || C(o, n) !== -r) return [
			i,
			t,
			Number(o - n)
		];
	}
}
function io(e, t, n, r) {
	if (r <= 7) return ((e, t, n) => {
		let r = oo(t, n);
		return e ? {
			...A,
			weeks: Qt(r, 7),
			days: $t(r, 7)
		} : {
			...A,
			days: r
		};
	})(r === 7, t, n);
	let i = O(e, t), a = O(e, n);
	if (r === 8) {
		let { year: r, month: o, day: s } = i, { year: c, month: l, day: u } = a, d = Math.sign(qt(c, r) || qt(l, o) || oo(t, n)), f = 0, p = 0;
		if (d) {
			f = e ? e.ee(r, o, c, l) : Tr(r, o, c, l);
			let i = Ra(e, t, 0, f, 0);
			d * qt(s, u) > 0 && (f -= d, i = Ra(e, t, 0, f, 0)), p = oo(i, n);
		}
		return {
			...A,
			months: f,
			days: p
		};
	}
	let { year: o, month: s, day: c } = i, { year: l, month: u, day: d } = a, f = l - o, p = u - s, ee = d - c;
	if (f || p) {
		let t = Math.sign(f || p), n = Rr(e, l, u), r = 0;
		if (Math.sign(d - c) === -t) {
			let i = n, a = za(e, l, u, -t);
			({year: l, month: u} = a), f = l - o, p = u - s, n = Rr(e, l, u), r = t < 0 ? -i : n;
		}
		if (ee = d - Math.min(c, n) + r, f) {
			let [n, r] = Pr(e, o, s), [i, a] = Pr(e, l, u), c = e ? e.l : void 0;
			if (p = c !== void 0 && r && !a && (c < 0 ? t > 0 && i === -c : t < 0 && i === n) ? 0 : i - n || Number(a) - Number(r), Math.sign(p) === -t) {
				let i = t < 0 && -Lr(e, l);
				l -= t, f = l - o, p = u - Ba(e, n, r, e ? e.p(l) : void 0, 0) + (i || Lr(e, l));
			} else if (e) {
				let t = Ba(e, n, r, e.p(l), 0);
				p = e.ee(l, t, l, u);
			}
		}
	}
	return {
		...A,
		years: f,
		months: p,
		days: ee
	};
}
function ao(e, t) {
	return qt(e.year, t.year) || qt(e.month, t.month) || qt(e.day, t.day);
}
function oo(e, t) {
	return mr(t) - mr(e);
}
function so(e, t, n) {
	return po(e) ? ((e, t, n) => {
		let { calendar: r, timeZone: i } = e, a = Ma(e, t);
		return [
			eo(i, r, e, a, n),
			a.epochNanoseconds,
			uo(r, i, e)
		];
	})(e, t, n) : ((e, t, n) => {
		let { calendar: r } = e, i = Hi(M(e, $n)), a = Na(r, i, t);
		return [
			to(r, i, a, n),
			D(a),
			fo(r, e)
		];
	})(e, t, n);
}
function co(e, t) {
	return po(e) ? Ma(e, t).epochNanoseconds : D(Na(e.calendar, M(e, $n), t));
}
function lo(e, t) {
	return jo(t) ? e.X(t) : e.ne;
}
function uo(e, t, n) {
	let r = I(n);
	return {
		ne: n.epochNanoseconds,
		X: (n) => ka(t, M(Ia(e, r, n), r))
	};
}
function fo(e, t) {
	return {
		ne: fr(t),
		X: (n) => fr(Ia(e, t, n))
	};
}
function po(e) {
	return "timeZone" in e;
}
function mo(e, t) {
	return e <= 6 - !!t;
}
function ho(e, t, n) {
	let r = {};
	for (let i = t; i >= 0; i--) {
		let t = yn[i];
		r[n[i]] = Qt(e, t), e = $t(e, t);
	}
	return r;
}
var go = 2 ** 53;
function _o(e, t, n) {
	let r = Math.max(Mo(t), Mo(n));
	return At("unit", r, 0, 6, 1, k), ((e, t, n, r) => ra(Co(((e, t, n, r) => {
		let i = Eo(e) + Eo(t) * BigInt(r ? -1 : 1);
		return Number.isFinite(Number(i / w)) || v("Out-of-bounds date"), {
			...A,
			...ko(i, n)
		};
	})(t, n, r, e))))(e, t, n, r);
}
function vo(e, t, n) {
	let r = Mo(t), [i, a, o, s, c] = ((e, t, n) => {
		e = Mi(e, si);
		let r = Si(e), i = n(e.relativeTo), a = _i(e), o = Ai(e, 7), s = xi(e);
		return r === void 0 && s === void 0 && v("Required smallestUnit or largestUnit"), s ??= 0, r ??= Math.max(s, t), Fi(r, s), a = Ni(a, s, 1), a > 1 && s > 5 && r !== s && v("For calendar units with roundingIncrement > 1, use largestUnit = smallestUnit"), [
			r,
			s,
			a,
			o,
			i
		];
	})(n, r, e);
	if (!c && Math.max(r, i) <= 6) return ra(Co(((e, t, n, r, i) => {
		let a = xa(Eo(e), Ta(n, r), i);
		return {
			...A,
			...ko(a, t)
		};
	})(t, i, a, o, s)));
	c || v("Missing relativeTo");
	let l = po(c);
	if (!t.sign && (!l || i < 6)) return t;
	let [u, d, f] = so(c, t, i);
	return ra(sa(u, d, i, a, o, s, f, l));
}
function yo(e) {
	return e.sign === -1 ? bo(e) : e;
}
function bo(e) {
	return ra(xo(e));
}
function xo(e) {
	let t = {};
	for (let n of k) t[n] = -1 * e[n] || 0;
	return t;
}
function So(e, t = k) {
	let n = 0;
	for (let r of t) {
		let t = Math.sign(e[r]);
		t && (n && n !== t && v("Cannot mix duration signs"), n = t);
	}
	return n;
}
function Co(e) {
	for (let t of Zr) wo(t, e[t]);
	let t = Eo(e);
	return To(Number(t / Sn)), e;
}
function wo(e, t) {
	return At(e, t, -4294967295, 4294967295, 1);
}
function To(e) {
	Number.isSafeInteger(e) || v("Out-of-bounds duration");
}
function Eo(e) {
	return BigInt(e.days) * w + Do(e);
}
function Do(e) {
	return BigInt(e.hours) * wn + BigInt(e.minutes) * Cn + Oo(e);
}
function Oo(e) {
	return BigInt(e.seconds) * Sn + BigInt(e.milliseconds) * xn + BigInt(e.microseconds) * bn + BigInt(e.nanoseconds);
}
function ko(e, t = 6) {
	let n = Number(e / w), r = Number(e % w), i = yn[t], a = t <= 3 ? Number(e / BigInt(i)) : vn / i * n + Qt(r, i);
	Number.isFinite(a) || v("Out-of-bounds date"), t <= 3 && Math.abs(a) / (hn / yn[t]) >= go && v("Out-of-bounds date");
	let o = ho(r, t, k);
	return o[k[t]] = a, o;
}
function Ao(e, t = 5) {
	return ho(e, t, k);
}
function jo(e) {
	return !!So(e, Xr);
}
function Mo(e) {
	let t = 9;
	for (; t > 0 && !e[k[t]]; t--);
	return t;
}
function No(e, t) {
	return C(e.epochNanoseconds, t.epochNanoseconds);
}
function Po(e, t, n, r) {
	let i = e(ut(r).relativeTo), a = Math.max(Mo(t), Mo(n));
	return zt(k, t, n) ? 0 : mo(a, i && po(i)) ? C(Eo(t), Eo(n)) : (i || v("Missing relativeTo"), C(co(i, t), co(i, n)));
}
function Fo(e, t) {
	return Io(e, t) || Lo(e, t);
}
function Io(e, t) {
	return qt(mr(e), mr(t));
}
function Lo(e, t) {
	return qt(E(e), E(t));
}
function Ro(e, t) {
	return !No(e, t);
}
function zo(e, t) {
	return !No(e, t) && e.timeZone.m === t.timeZone.m && e.calendar === t.calendar;
}
function Bo(e, t) {
	return !Fo(e, t) && e.calendar === t.calendar;
}
function Vo(e, t) {
	return !Io(e, t) && e.calendar === t.calendar;
}
function Ho(e, t) {
	return !Io(e, t) && e.calendar === t.calendar;
}
function Uo(e, t) {
	return !Io(e, t) && e.calendar === t.calendar;
}
function Wo(e, t) {
	return !Lo(e, t);
}
function Go(e) {
	return e === 0 ? rn : e ? e.k : void 0;
}
function L(e, t, n = t) {
	return Go(e) ? n : t;
}
function Ko(e, t) {
	let n = t || void 0, r = Go(t), { era: i, eraYear: a, year: o } = e;
	if (o !== void 0 && (o = g(o, "year")), a !== void 0 && (a = g(a, "eraYear")), i !== void 0 || a !== void 0) {
		i !== void 0 && a !== void 0 || y("Mismatching era/eraYear"), r || v("Forbidden era/eraYear");
		let e = an(i), t = r[e];
		t === void 0 && v(((e) => `Invalid era: ${e}`)(i));
		let s = n?._ ? n._(a, e, t) : Yo(a, t);
		o !== void 0 && o !== s && v("Mismatching year/eraYear"), o = s;
	} else o === void 0 && y(St(r));
	return o;
}
function qo(e, t, n, r, i) {
	let { month: a, monthCode: o } = e;
	if (o !== void 0) {
		let e = ((e, t, n, r, i = cn(t)) => {
			let a = e ? e.p(n) : void 0, [o, s] = i, c = un(o, s, a);
			if (s) {
				let t = e ? e.l : void 0;
				t === void 0 && v(Ct), t > 0 ? (c > t && v(Ct), a !== c && (r === 1 && v(Ct), c = un(o, 0, a))) : (c !== -t && v(Ct), a === void 0 && r === 1 && v(Ct));
			}
			return c;
		})(t, o, n, i, r);
		a !== void 0 && a !== e && v("Mismatching month/monthCode"), a = e, i = 1;
	} else a === void 0 && y("Missing month/monthCode");
	return At("month", a, 1, Lr(t, n), i);
}
function Jo(e, t, n, r, i) {
	return kt(e, "day", 1, Rr(t, n, r), i);
}
function Yo(e, t) {
	return (t + e) * (Math.sign(t) || 1) || 0;
}
function Xo(e, t) {
	return nr(Rt(T, {
		...$n,
		...e
	}), t);
}
var Zo = /^([+-])([01]\d|2[0-3])(?:(:?)([0-5]\d)(?:\3([0-5]\d)(?:[.,](\d{1,9}))?)?)?$/;
function Qo(e) {
	let t = $o(e);
	return t === void 0 && v(Dt(e)), t;
}
function $o(e, t) {
	let n = Zo.exec(e);
	if (n) return t && n[5] && v(Dt(e)), ((e) => e && e !== "+" ? -1 : 1)(n[1]) * (parseInt(n[2]) * _n + S(n[4]) * gn + S(n[5]) * hn + Wt(n[6] || ""));
}
var R = {
	era: ri,
	month: ft,
	monthCode(e, t) {
		return j(ii(e), t);
	},
	day: ft
}, es = /*@__PURE__*/ It(T, g), ts = /*@__PURE__*/ It(k, oi), ns = /*@__PURE__*/ Object.assign({}, R, es), rs = {
	offset(e) {
		return Qo(j(ii(e)));
	},
	...ns
};
function z(e, t, n, r, i = !r) {
	let a = {}, o = 0;
	for (let i of t) {
		let t = e[i];
		if (t !== void 0) {
			o = 1;
			let e = n[i];
			e && (t = e(t, i)), a[i] = t;
		} else r && r.includes(i) && y(vt(i));
	}
	return i && !o && y("No valid fields: " + t.join()), a;
}
function B(e) {
	return e === void 0 ? 0 : wi(gt(e));
}
function is(e, t = 0) {
	e = ut(e);
	let n = Ti(e), r = Ei(e, t);
	return [
		wi(e),
		r,
		n
	];
}
function as(e) {
	return Ti(ut(e));
}
function os(e, t, n) {
	let r = Go(t);
	e.year !== void 0 || e.era !== void 0 && e.eraYear !== void 0 || y(St(r)), e.monthCode === void 0 && e.month === void 0 && y("Missing month/monthCode"), n || e.day !== void 0 || y(vt("day"));
	let i = ms(e);
	return [Ko(e, t), i];
}
function ss(e, t) {
	let n = t === void 0, r = Go(t);
	e.day === void 0 && y(vt("day")), n || e.month === void 0 || e.year !== void 0 || e.era !== void 0 && e.eraYear !== void 0 || y(St(r));
	let i = ms(e);
	return [e.eraYear !== void 0 || e.year !== void 0 ? Ko(e, t) : void 0, i];
}
function cs(e, t = $n, n) {
	let r = M(e, t);
	return Hi(r), ta(r, n);
}
function ls(e, t, n, r, i) {
	let a = qo(e, t, n, r, i);
	return F(N(Ir(t, n, a, Jo(e, t, n, a, i))), t);
}
function us(e, t, n, r, i) {
	return fs(t, n, qo(e, t, n, r, i));
}
function ds(e, t, n, r, i) {
	let a = t === void 0, o = n, s, c, l;
	if (o === void 0 && a && (o = 1972), o !== void 0) {
		a || N(Ir(t, o, 1, 1));
		let n = qo(e, t, o, r, i);
		s = Jo(e, t, o, n, i), [c, l] = Pr(t, o, n);
	} else {
		e.monthCode === void 0 && y("Missing month/monthCode"), [c, l] = r;
		let n = t ? t.re : 1972;
		if (n !== void 0) s = Jo(e, t, n, qo(e, t, n, r, i), i);
		else {
			let n = i === 0 && t ? t.ge?.(c, l, e.day) : void 0;
			s = n === void 0 ? e.day : n;
		}
	}
	return ps(t, c, l, s, e.day, i);
}
function fs(e, t, n) {
	return F(Vi(Ir(e, t, n, 1)), e);
}
function ps(e, t, n, r, i, a) {
	let o = n;
	o && ((e && e.U?.[t]) ?? 1 / 0) < i && (a === 1 && v(Ct), o = 0, r = Ot(i, 1, (e && e.R) ?? 1 / 0));
	let s = e ? e.u(t, !!o, r) : yr(t, !!o);
	for (; !s && a === 0 && r > 1;) r--, s = e ? e.u(t, !!o, r) : yr(t, !!o);
	s || v("Cannot guess year");
	let { year: c, month: l } = s;
	return F(N(Ir(e, c, l, r)), e);
}
function ms(e) {
	if (e.monthCode !== void 0) return cn(e.monthCode);
}
var hs = Intl.DateTimeFormat;
function gs(e, t) {
	t < -864e13 && v("Out-of-bounds date");
	let n = e.formatToParts(t), r = {};
	for (let e of n) r[e.type] = e.value;
	return r;
}
var _s = {
	El_Aaiun: 16,
	Tucuman: 12,
	Tirane: 11,
	Riga: 10,
	Simferopol: 9,
	Vienna: 9,
	Tunis: 8,
	Boa_Vista: 6,
	Fortaleza: 6,
	Maceio: 6,
	Noronha: 6,
	Recife: 6,
	Gaza: 6,
	Hebron: 6,
	DeNoronha: 6
}, vs = -4e9;
function ys(e, t = 4) {
	let n = vi(e);
	return [Ai(e, 4), ...Ss(Pi(si, xi(e), 0, t), n)];
}
function bs(e) {
	return Di(ut(e));
}
function xs(e, t) {
	return ys(ut(e), t);
}
function Ss(e, t) {
	return e == null ? [t === void 0 ? 1 : 10 ** (9 - t), t] : [yn[e], e < 4 ? 9 - 3 * e : -1];
}
function Cs(e, t, n) {
	let [r, i, a, o] = ((e) => {
		let t = vi(e = ut(e)), n = Ai(e, 4), r = xi(e);
		return [
			e.timeZone,
			n,
			...Ss(Pi(si, r, 0, 4), t)
		];
	})(n), s = r !== void 0;
	return ((e, t, n, r, i, a) => {
		n = Sa(n, BigInt(i), r);
		let o = t.B(n);
		return Fs(gr(n + BigInt(o)), a) + (e ? Bs(ba(o)) : "Z");
	})(s, V(s ? e(r) : "UTC"), t.epochNanoseconds, i, a, o);
}
function ws(e, t) {
	let n = ((e) => {
		e = ut(e);
		let t = Di(e), n = vi(e), r = ki(e), i = Ai(e, 4), a = xi(e);
		return [
			t,
			Oi(e),
			r,
			i,
			...Ss(Pi(si, a, 0, 4), n)
		];
	})(t);
	return ((e, t, n, r, i, a, o, s, c, l) => {
		r = Sa(r, BigInt(c), s);
		let u = n.B(r);
		return Fs(gr(r + BigInt(u)), l) + Bs(ba(u), o) + Vs(t, a) + Hs(e, i);
	})(e.calendar, e.timeZone.id, e.timeZone, e.epochNanoseconds, ...n);
}
function Ts(e, t) {
	let n = ((e) => (e = ut(e), [Di(e), ...ys(e)]))(t);
	return ((e, t, n, r, i, a) => Fs(pa(t, i, r), a) + Hs(e, n))(e.calendar, e, ...n);
}
function Es(e, t) {
	return n = e.calendar, r = e, i = bs(t), Is(r) + Hs(n, i);
	var n, r, i;
}
function Ds(e, t) {
	return ks(e.calendar, Ls, e, bs(t));
}
function Os(e, t) {
	return ks(e.calendar, Rs, e, bs(t));
}
function ks(e, t, n, r) {
	return r === 1 ? e === void 0 ? t(n) : Is(n) : r > 1 || r === 0 && e !== void 0 ? Is(n) + Us(on(e), r === 2) : t(n);
}
function As(e, t) {
	return ((e, t, n, r) => zs(ma(e, n, t)[0], r))(e, ...xs(t));
}
function js(e, t) {
	let [n, r, i] = xs(t, 3);
	return r > 1 && ((e = {
		...e,
		...ca(e, r, n)
	}).sign = So(e), Co(e)), Ms(e, i);
}
function Ms(e, t) {
	let { sign: n } = e, r = n === -1 ? xo(e) : e, { hours: i, minutes: a } = r, o = Oo(r), s = Number(o / Sn), c = Number(o % Sn);
	To(s);
	let l = Gs(c, t), u = t >= 0 || !n || l;
	return (n < 0 ? "-" : "") + "P" + Ns({
		Y: Ps(r.years),
		M: Ps(r.months),
		W: Ps(r.weeks),
		D: Ps(r.days)
	}) + (i || a || s || u ? "T" + Ns({
		H: Ps(i),
		M: Ps(a),
		S: Ps(s, u) + l
	}) : "");
}
function Ns(e) {
	let t = [];
	for (let n in e) {
		let r = e[n];
		r && t.push(r, n);
	}
	return t.join("");
}
function Ps(e, t) {
	if (!e && !t) return "";
	let n = Object.create(null);
	return n.useGrouping = 0, e.toLocaleString("fullwide", n);
}
function Fs(e, t) {
	return Is(e) + "T" + zs(e, t);
}
function Is(e) {
	return Ls(e) + "-" + Kt(e.day);
}
function Ls(e) {
	let { year: t } = e;
	return (t < 0 || t > 9999 ? Ks(t) + Gt(6, Math.abs(t)) : Gt(4, t)) + "-" + Kt(e.month);
}
function Rs(e) {
	return Kt(e.month) + "-" + Kt(e.day);
}
function zs(e, t) {
	let n = [Kt(e.hour), Kt(e.minute)];
	return t !== -1 && n.push(Kt(e.second) + ((e, t, n, r) => Gs(e * mn + t * pn + n, r))(e.millisecond, e.microsecond, e.nanosecond, t)), n.join(":");
}
function Bs(e, t = 0) {
	if (t === 1) return "";
	let [n, r] = Xt(Math.abs(e), _n), [i, a] = Xt(r, gn), [o, s] = Xt(a, hn);
	return Ks(e) + Kt(n) + ":" + Kt(i) + (o || s ? ":" + Kt(o) + Gs(s) : "");
}
function Vs(e, t) {
	return t === 1 ? "" : "[" + (t === 2 ? "!" : "") + e + "]";
}
function Hs(e, t) {
	return t > 1 || t === 0 && e !== void 0 ? Us(on(e), t === 2) : "";
}
function Us(e, t) {
	return "[" + (t ? "!" : "") + "u-ca=" + e + "]";
}
var Ws = /0+$/;
function Gs(e, t) {
	let n = Gt(9, e);
	return n = t === void 0 ? n.replace(Ws, "") : n.slice(0, t), n ? "." + n : "";
}
function Ks(e) {
	return e < 0 ? "-" : "+";
}
var qs = /^(AC|AE|AG|AR|AS|BE|BS|CA|CN|CS|CT|EA|EC|IE|IS|JS|MI|NE|NS|PL|PN|PR|PS|SS|VS)T$/, Js = /[^\w\/:+-]+/;
function Ys(e) {
	return Xs(j(e));
}
function Xs(e) {
	return Zs(e).id;
}
var Zs = /*@__PURE__*/ jt((e) => {
	let t = e.toUpperCase(), n = ((e) => {
		let t = $o(e, 1);
		if (t !== void 0) return {
			id: Bs(t),
			Z: t,
			m: t
		};
	})(t);
	return n ? {
		kind: "fixed",
		...n
	} : Qs(t === "UTC" ? "UTC" : ((e) => (Js.test(e) && v(Et(e)), qs.test(e) && v("Forbidden ICU TimeZone"), e.toLowerCase().split("/").map((e, t) => (e.length <= 3 || /\d/.test(e)) && !/etc|yap/.test(e) ? e.toUpperCase() : e.replace(/baja|dumont|[a-z]+/g, (e, n) => e.length <= 2 && !t || e === "in" || e === "chat" ? e.toUpperCase() : e.length > 2 || !n ? Ht(e).replace(/island|noronha|murdo|rivadavia|urville/, Ht) : e)).join("/")))(e));
}), Qs = /*@__PURE__*/ jt((e) => {
	if (e === "UTC") return {
		kind: "utc",
		id: e,
		m: e
	};
	let t = (n = e.toUpperCase(), new hs("en-u-hc-h23", {
		calendar: "iso8601",
		timeZone: n,
		era: "short",
		year: "numeric",
		month: "numeric",
		day: "numeric",
		hour: "numeric",
		minute: "numeric",
		second: "numeric"
	}));
	var n;
	return {
		kind: "named",
		id: e,
		format: t,
		m: t.resolvedOptions().timeZone
	};
});
function V(e) {
	let t = Zs(e);
	return $s(t.id, t);
}
var $s = /*@__PURE__*/ jt((e, t) => t.kind === "named" ? new tc(e, t.m, t.format) : new ec(e, t.m, t.kind === "fixed" ? t.Z : 0)), ec = class {
	constructor(e, t, n) {
		this.id = e, this.m = t, this.Z = n;
	}
	B() {
		return this.Z;
	}
	O(e) {
		return [Gi(e, this.Z)];
	}
	C() {}
}, tc = class {
	constructor(e, t, n) {
		this.id = e, this.m = t, this.me = ((e, t) => {
			let n = jt(e), r = jt(nc), i = 86400 * t;
			function a(e) {
				let [t, a] = rc(e, i), o = ic(t), c = ic(a), l = n(o), u = n(c);
				return l === u ? l : s(r(o, c), l, u, e);
			}
			function o(e, t, a, o = e) {
				let [c, l] = rc(e, i), u = i * t, d = () => t < 0 ? l > a : c < a;
				for (; d();) {
					let e = ic(c), i = ic(l), a = n(e), d = n(i);
					if (a !== d) {
						let n = r(e, i);
						s(n, a, d);
						let c = n[0];
						if ((qt(c, o) || 1) === t) return c;
					}
					c += u, l += u;
				}
			}
			function s(t, n, r, i) {
				let a, o;
				for (; (i === void 0 || (a = i < t[0] ? n : i >= t[1] ? r : void 0) === void 0) && (o = t[1] - t[0]);) {
					let n = t[0] + Math.floor(o / 2);
					e(n) === r ? t[1] = n : t[0] = n + 1;
				}
				return a;
			}
			return {
				Ae(e) {
					let t = a(e - 86400), n = a(e + 86400), r = e - t, i = e - n;
					if (t === n) return [r];
					let o = a(r);
					return o === a(i) ? [e - o] : t > n ? [r, i] : [];
				},
				ze: a,
				C(e, t) {
					if (!(t > 0 && e >= 864e10)) return t < 0 ? e <= vs ? void 0 : e > 4e9 ? o(e, -1, e - 94867200) ?? o(4e9, -1, vs) : o(e, -1, vs) : o(Math.max(e, vs) - 1, 1, Math.max(e, Math.floor(Date.now() / 1e3)) + 94867200, e);
				}
			};
		})(((e) => (t) => {
			let n = gs(e, 1e3 * t);
			return 86400 * hr(((e) => {
				let t = e.relatedYear;
				if (t !== void 0) return parseInt(t);
				let n = parseInt(e.year);
				return e.era !== void 0 && an(e.era) === "bce" ? 1 - n : n;
			})(n), parseInt(n.month), parseInt(n.day)) + 3600 * parseInt(n.hour) + 60 * parseInt(n.minute) + parseInt(n.second) - t;
		})(n), ((e) => _s[e.split("/").pop()] || 19)(e));
	}
	B(e) {
		return this.me.ze(((e) => lr(e)[0])(e)) * hn;
	}
	O(e) {
		let t = 86400 * mr(e) + ir(e), n = ar(e);
		return this.me.Ae(t).map((e) => Wi(BigInt(e) * Sn + BigInt(n)));
	}
	C(e, t) {
		let [n, r] = lr(e), i = this.me.C(n + (t > 0 || r ? 1 : 0), t);
		if (i !== void 0) return BigInt(i) * Sn;
	}
};
function nc(e, t) {
	return [e, t];
}
function rc(e, t) {
	let n = Math.floor(e / t) * t;
	return [n, n + t];
}
function ic(e) {
	return Ot(e, -1e10, 864e10);
}
function ac(e, t, n) {
	let r = z(n, L(t, Yn, Xn), rs, [], 0), i = r.timeZone !== void 0, [a, o] = os(r, t), s = ls(r, t, a, o, 0);
	if (i) {
		let n = Xo(r), i = V(e(r.timeZone));
		return {
			epochNanoseconds: Oa(i, M(s, n), r.offset),
			timeZone: i,
			calendar: t
		};
	}
	return s;
}
function oc(e, t, n, r) {
	let i = z(n, L(t, Yn, Xn), rs, jn, 0), a = e(i.timeZone), [o, s] = os(i, t), [c, l, u] = is(r), d = ls(i, t, o, s, c), f = Xo(i, c), p = V(a);
	return ea(Oa(p, M(d, f), i.offset, l, u), p, t);
}
function sc(e, t, n) {
	let r = z(t, L(e, Gn, Kn), ns, [], 0), [i, a] = os(r, e), o = B(n);
	return cs(ls(r, e, i, a, o), Xo(r, o), e);
}
function cc(e, t, n, r = []) {
	let i = z(t, L(e, Un, Wn), R, r), [a, o] = os(i, e);
	return ls(i, e, a, o, B(n));
}
function lc(e, t, n, r) {
	let i = z(t, L(e, Rn, zn), R, r), [a, o] = os(i, e, 1);
	return us(i, e, a, o, B(n));
}
function uc(e, t, n, r) {
	let i = z(n, L(e, Un, Wn), R, On, 0);
	t && i.month !== void 0 && i.monthCode === void 0 && i.year === void 0 && (i.year = 1972);
	let [a, o] = ss(i, e);
	return ds(i, e, a, o, B(r));
}
function dc(e, t) {
	return Xo(z(e, In, es, [], 1), B(t));
}
function fc(e) {
	let t = z(e, Jr, ts);
	return ra(Co({
		...A,
		...t
	}));
}
function pc(e) {
	v(Dt(e));
}
function mc(e) {
	let t = Ic(e = j(ii(e))), n;
	return t || pc(e), t.I ? n = 0 : t.offset ? n = Qo(t.offset) : pc(e), P(Gi(t, n));
}
function hc(e, t) {
	let n = Ic(j(e));
	return n && n.timeZoneId ? Ec(n, t, void 0) : Dc(Tc(e), t);
}
function gc(e, t, n) {
	let r = Ic(j(e));
	return r && r.timeZoneId || pc(e), Ec(r, t, n);
}
function _c(e, t) {
	let n = Tc(e);
	return Hi(n), {
		...M(n, n),
		calendar: t(n.calendarId)
	};
}
function vc(e, t) {
	return Dc(Tc(e), t);
}
function yc(e, t) {
	let n = Lc(j(e)) || Tc(e), r = t(n.calendarId);
	return F(Vi(La(r, Vi(n))), r);
}
function bc(e, t) {
	let n = Rc(j(e)) || Tc(e);
	if (n.calendarId === "iso8601") return F({
		...n,
		year: 1972
	}, t("iso8601"));
	let { calendar: r } = Dc(n, t), { year: i, month: a, day: o } = O(r, n), [s, c] = Pr(r, i, a), l = r ? r.u(s, c, o) : yr(s, c);
	return l || v("Cannot guess year"), F(N(Ir(r, l.year, l.month, o)), r);
}
function xc(e) {
	let t = Ic(e = j(e)) || Bc(e);
	return (!t || !t.qe || t.I || Lc(e) || Rc(e)) && pc(e), na(t);
}
function Sc(e) {
	let t = Pc.exec(j(e));
	t && !Fc.test(e) || pc(e);
	let n = ho(3600 * Wt(t[7] || "") + 60 * Wt(t[9] || "") + Wt(t[11] || ""), 4, k), r = {
		...n,
		years: S(t[2]),
		months: S(t[3]),
		weeks: S(t[4]),
		days: S(t[5]),
		hours: S(t[6]),
		minutes: S(t[8]) + n.minutes,
		seconds: S(t[10]) + n.seconds
	};
	return ra(Co(t[1] === "-" ? xo(r) : r));
}
function Cc(e) {
	let t = Ic(e) || Lc(e) || Rc(e) || Bc(e);
	return t ? t.calendarId : e;
}
function wc(e) {
	let t = Ic(e);
	return t && (t.timeZoneId || t.I && "UTC" || t.offset) || e;
}
function Tc(e) {
	let t = Ic(j(e));
	return t && !t.I || pc(e), t;
}
function Ec(e, t, n) {
	let r = V(Xs(e.timeZoneId)), i;
	if (e.qe) {
		let t = e.offset ? Qo(e.offset) : void 0, [, o, s] = is(n);
		i = Oa(r, e, t, o, s, !(r.Z || e.offset === void 0 || (a = e.offset, a.length > 6)), e.I);
	} else is(n), i = Aa(r, e);
	var a;
	return Wi(i), ea(i, r, t(e.calendarId));
}
function Dc(e, t) {
	return F(N(e), t(e.calendarId));
}
function Oc(e, t = "") {
	return `([01]\\d|2[0-3])(?:(:?)([0-5]\\d)(?:\\${e}([0-5]\\d${t})(?:[.,](\\d{1,9}))?)?)?`;
}
var kc = "((?!-0{6})[+-]\\d{6}|\\d{4})(-?)(0[1-9]|1[0-2])\\2(0[1-9]|[12]\\d|3[01])(?:[Tt ]" + Oc(6, "|60") + "(?:([Zz])|(([+-])" + Oc(14) + "))?)?", Ac = /*@__PURE__*/ Ut("((?!-0{6})[+-]\\d{6}|\\d{4})-?(0[1-9]|1[0-2])(?:\\[!?([+-](?:[01]\\d|2[0-3])(?::?[0-5]\\d)?|[a-zA-Z._][\\w.+-]*(?:/[a-zA-Z._][\\w.+-]*)*)\\])?((?:\\[!?[a-z_][a-z\\d_-]*=[a-zA-Z\\d]+(?:-[a-zA-Z\\d]+)*\\])*)"), jc = /*@__PURE__*/ Ut("(?:--)?(0[1-9]|1[0-2])-?(0[1-9]|[12]\\d|3[01])(?:\\[!?([+-](?:[01]\\d|2[0-3])(?::?[0-5]\\d)?|[a-zA-Z._][\\w.+-]*(?:/[a-zA-Z._][\\w.+-]*)*)\\])?((?:\\[!?[a-z_][a-z\\d_-]*=[a-zA-Z\\d]+(?:-[a-zA-Z\\d]+)*\\])*)"), Mc = /*@__PURE__*/ Ut(kc + "(?:\\[!?([+-](?:[01]\\d|2[0-3])(?::?[0-5]\\d)?|[a-zA-Z._][\\w.+-]*(?:/[a-zA-Z._][\\w.+-]*)*)\\])?((?:\\[!?[a-z_][a-z\\d_-]*=[a-zA-Z\\d]+(?:-[a-zA-Z\\d]+)*\\])*)"), Nc = /\[(!?)([^=]+)=([^\]]+)/g, Pc = /^([+-])?P(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(?:T(?:(\d+)(?:[.,](\d{1,9}))?H)?(?:(\d+)(?:[.,](\d{1,9}))?M)?(?:(\d+)(?:[.,](\d{1,9}))?S)?)?$/i, Fc = /[PT]$|[.,]\d+[HMS]./i;
function Ic(e) {
	let t = Mc.exec(e);
	if (t) return Mr(((e) => ({
		year: parseInt(e[1]),
		month: parseInt(e[3]),
		day: parseInt(e[4]),
		...or(Wt(e[9] || ""))[0],
		hour: S(e[5]),
		minute: S(e[7]),
		second: Math.min(S(e[8]), 59),
		...Vc(e[18], e[19]),
		qe: !!e[5],
		I: !!e[10],
		offset: e[11]
	}))(t));
}
function Lc(e) {
	let t = Ac.exec(e);
	return t ? zc(((e) => ({
		year: parseInt(e[1]),
		month: parseInt(e[2]),
		day: 1,
		...Vc(e[3], e[4])
	}))(t)) : void 0;
}
function Rc(e) {
	let t = jc.exec(e);
	if (t) {
		let e = ((e) => ({
			year: 1972,
			month: parseInt(e[1]),
			day: parseInt(e[2]),
			...Vc(e[3], e[4])
		}))(t);
		if (zt(kn, n = e, Nr(n))) return zc(e);
	}
	var n;
}
function zc(e) {
	return e.calendarId !== "iso8601" && pc(e.calendarId), e;
}
function Bc(e) {
	let t = Ic(e.replace(/^t?/i, "0000-01-01T"));
	return t && !t.I ? t : void 0;
}
function Vc(e, t) {
	let n, r = [];
	return t.replace(Nc, (e, t, i, a) => (i === "u-ca" ? (r.push(a.toLowerCase()), n ||= t) : t && pc(e), "")), r.length > 1 && n && pc(t), {
		timeZoneId: e,
		calendarId: r[0] || "iso8601"
	};
}
function Hc(e, t, n) {
	let r = Object.assign(Object.create(null), t);
	return Uc(r, n, Pn), Go(e) && (Uc(r, n, Nn), e && e.je && Uc(r, n, Fn, Mn)), r;
}
function Uc(e, t, n, r) {
	let i = 0, a = [];
	for (let e of n) t[e] === void 0 ? a.push(e) : i = 1;
	if (Object.assign(e, t), i) for (let t of r || a) delete e[t];
}
function Wc(e, t, n) {
	let r = L(e, qn, Jn), i = I(t), { year: a, month: o, day: s } = O(e, i), c = {
		year: a,
		monthCode: $c(e, a, o),
		day: s,
		hour: i.hour,
		minute: i.minute,
		second: i.second,
		millisecond: i.millisecond,
		microsecond: i.microsecond,
		nanosecond: i.nanosecond,
		offset: i.offsetNanoseconds
	}, l = z(n, r, rs), u = Hc(e, c, l);
	return [{
		...c,
		...l
	}, u];
}
function Gc(e, t, n) {
	let r = L(e, Gn, Kn), { year: i, month: a, day: o } = O(e, t), s = {
		year: i,
		monthCode: $c(e, i, a),
		day: o,
		hour: t.hour,
		minute: t.minute,
		second: t.second,
		millisecond: t.millisecond,
		microsecond: t.microsecond,
		nanosecond: t.nanosecond
	}, c = z(n, r, ns), l = Hc(e, s, c);
	return [{
		...s,
		...c
	}, l];
}
function Kc(e, t, n) {
	let r = L(e, Un, Wn), { year: i, month: a, day: o } = O(e, t);
	return Hc(e, {
		year: i,
		monthCode: $c(e, i, a),
		day: o
	}, z(n, r, R));
}
function qc(e, t, n) {
	let r = L(e, Rn, zn), { year: i, month: a } = O(e, t);
	return Hc(e, {
		year: i,
		monthCode: $c(e, i, a)
	}, z(n, r, R));
}
function Jc(e, t, n) {
	let r = L(e, Un, Wn), { year: i, month: a, day: o } = O(e, t);
	return Hc(e, {
		monthCode: $c(e, i, a),
		day: o
	}, z(n, r, R));
}
function Yc(e, t, n, r, i, a, o, s) {
	let { calendar: c, timeZone: l } = e;
	return ea(Oa(l, M(ls(n, c, r, i, a), nr(t, a)), t.offset, o, s), l, c);
}
function Xc(e, t, n, r, i, a) {
	return cs(ls(t, n, r, i, a), nr(e, a), n);
}
function Zc(e, t) {
	return {
		...Rt(In, e),
		...z(t, In, es)
	};
}
function Qc(e, t) {
	return ra((n = e, r = t, Co({
		...n,
		...z(r, Jr, ts)
	})));
	var n, r;
}
function $c(e, t, n) {
	let [r, i] = Pr(e, t, n);
	return ln(r, i);
}
function el(e, t, n) {
	let [r, i] = ((e, t) => {
		let n = t((e = Mi(e, "unit")).relativeTo), r = Ci(e);
		return r = ei("unit", r), [r, n];
	})(n, e), a = Mo(t), o = Math.max(r, a), s = i && po(i);
	if (!i && mo(o, s)) return tl(t, r);
	if (i || v("Missing relativeTo"), !t.sign && (!s || r < 6)) return 0;
	let [c, l, u] = so(i, t, r);
	return mo(r, s) ? tl(c, r) : ((e, t, n, r) => {
		let i = k[n], a = $r(n, e);
		return Ji(e[i], So(e) || 1, t, (e) => (a[i] = e, lo(r, a)));
	})(c, l, r, u);
}
function tl(e, t) {
	return Tn(Eo(e), yn[t]);
}
function nl(e, t, n) {
	return ea(e.epochNanoseconds, t, n);
}
function rl(e) {
	return P(e.epochNanoseconds);
}
function il(e) {
	return ta(I(e), e.calendar);
}
function al(e) {
	return F(I(e), e.calendar);
}
function ol(e) {
	return na(I(e));
}
function sl(e, t, n) {
	return ea(Wi(ka(t, e, n)), t, e.calendar);
}
function cl(e, t, n) {
	let r;
	return r = n ? ka(t, M(e, n)) : Aa(t, M(e, $n)), ea(r, t, e.calendar);
}
function ll(e, t, n) {
	return pl(e, Rt(L(e, Bn, Vn), t), z(gt(n), On, R, []));
}
function ul(e, t, n) {
	let r = L(e, Dn, Ln);
	return pl(e, Rt(Hn, t), z(gt(n), r, R, []));
}
function dl(e, t) {
	let n = z(t, Hn, R), [r, i] = ss(n, e);
	return ds(n, e, r, i, 0);
}
function fl(e, t) {
	let n = z(t, L(e, Bn, Vn), R), [r, i] = os(n, e, 1);
	return us(n, e, r, i, 0);
}
function pl(e, t, n) {
	let r = L(e, Zn, Qn), i = Hc(e, t, n);
	i = z(i, r, R, []);
	let [a, o] = os(i, e);
	return ls(i, e, a, o, 0);
}
function ml(e) {
	return P(Wi(BigInt(oi(e)) * xn));
}
function hl(e) {
	return P(Wi(ai(e)));
}
function gl(e) {
	return e.timeZone = "UTC", ["full", "long"].includes(e.timeStyle) && (e.timeStyle = "medium"), e;
}
function _l(e, t) {
	return e.timeZone !== void 0 && y("Cannot specify TimeZone"), e.timeZone = t, e;
}
function vl(e, t, n) {
	let r = e.resolvedOptions().calendar;
	!n && t.calendar === void 0 || on(t.calendar) === r || v("Mismatching Calendars");
}
function yl(e, t, n, r, i) {
	let a = new Set(e), o = new Set(t), s = new Set(n);
	return (e, t) => {
		let n, c, l = {}, u = {}, d = {}, f = 0, p = 0;
		for (let t of Object.keys(e)) {
			let r = e[t];
			r === void 0 || s.has(t) || (a.has(t) ? t === "dateStyle" ? n = r : t === "timeStyle" ? c = r : l[t] = r : t === "era" ? u[t] = r : o.has(t) ? t === "dateStyle" || t === "timeStyle" ? p = 1 : f = 1 : d[t] = r);
		}
		let ee = n !== void 0, te = c !== void 0, ne = ee || te, re = Object.keys(l).length > 0, ie = f || p, ae = re || ee || te, oe = Object.keys(u).length > 0;
		(!t && ie || t && ie && !ae || ne && (re || oe || f)) && y("Invalid formatting options");
		let se = {};
		return ne || ae || Object.assign(se, r), Object.assign(se, l, u, d), ee && (i ? Object.assign(se, i[n]) : se.dateStyle = n), te && (se.timeStyle = c), se;
	};
}
var bl = {
	year: "numeric",
	month: "numeric",
	day: "numeric"
}, xl = {
	hour: "numeric",
	minute: "numeric",
	second: "numeric"
}, Sl = /*@__PURE__*/ Object.assign({}, bl, xl), Cl = [
	"weekday",
	"year",
	"month",
	"day",
	"dateStyle"
], wl = [
	"dayPeriod",
	"hour",
	"minute",
	"second",
	"fractionalSecondDigits",
	"timeStyle"
], Tl = /*@__PURE__*/ Cl.concat(wl), El = /*@__PURE__*/ ["weekday", "day"].concat(wl), Dl = /*@__PURE__*/ ["weekday", "year"].concat(wl), Ol = /*@__PURE__*/ yl(Tl, [], [], Sl), kl = /*@__PURE__*/ yl(Tl, [], [], {
	...Sl,
	timeZoneName: "short"
}), Al = /*@__PURE__*/ yl(Tl, [], ["timeZoneName"], Sl), jl = /*@__PURE__*/ yl(Cl, wl, ["timeZoneName"], bl), Ml = /*@__PURE__*/ yl(wl, Cl, ["timeZoneName", "era"], xl), Nl = /*@__PURE__*/ yl([
	"year",
	"month",
	"dateStyle"
], El, ["timeZoneName"], {
	year: "numeric",
	month: "numeric"
}, {
	full: {
		year: "numeric",
		month: "long"
	},
	long: {
		year: "numeric",
		month: "long"
	},
	medium: {
		year: "numeric",
		month: "short"
	},
	short: {
		year: "2-digit",
		month: "numeric"
	}
}), Pl = /*@__PURE__*/ yl([
	"month",
	"day",
	"dateStyle"
], Dl, ["timeZoneName", "era"], {
	month: "numeric",
	day: "numeric"
}, {
	full: {
		month: "long",
		day: "numeric"
	},
	long: {
		month: "long",
		day: "numeric"
	},
	medium: {
		month: "short",
		day: "numeric"
	},
	short: {
		month: "numeric",
		day: "numeric"
	}
});
function Fl(e, t) {
	let { timeZone: n } = e, r = M(I(e), t || $n);
	return ea(t ? ka(n, r) : Aa(n, r), n, e.calendar);
}
function Il(e) {
	let t = ji(Mi(e, "direction"), 0);
	return t || v(_t("direction", t)), t;
}
function Ll(e) {
	let t = Rl(), n = e.B(t);
	return gr(t + BigInt(n));
}
function Rl() {
	return BigInt(Date.now()) * xn;
}
function zl() {
	return new hs().resolvedOptions().timeZone || "UTC";
}
// node_modules/temporal-polyfill/chunks/apiHelpers.js
var Bl = "PlainYearMonth", Vl = "PlainMonthDay", Hl = "PlainDate", Ul = "PlainDateTime", Wl = "PlainTime", Gl = "ZonedDateTime", Kl = "Instant", ql = "Duration";
function Jl(e, t, n, ...r) {
	return Object.defineProperties(t, Mt(e)), Object.defineProperties(t.prototype, Pt("Temporal." + e)), Object.defineProperties(t.prototype, Ft((e) => ({
		get() {
			return e(n(this));
		},
		configurable: 1
	}), Object.assign({}, ...r))), t;
}
var Yl = Vt.name !== "noop" || globalThis.process ? Vt : (e) => {
	Object.defineProperty(e, "_str_", { value: e.toJSON() });
};
function Xl() {
	y(xt);
}
function Zl() {
	y(bt);
}
var Ql = {
	era(e) {
		return Fr(e.calendar, e).era;
	},
	eraYear(e) {
		return Fr(e.calendar, e).eraYear;
	},
	year(e) {
		return O(e.calendar, e).year;
	},
	month(e) {
		return O(e.calendar, e).month;
	},
	monthCode(e) {
		return zr(e.calendar, e);
	}
}, $l = {
	era(e) {
		return Fr(e.calendar, e).era;
	},
	eraYear(e) {
		return Fr(e.calendar, e).eraYear;
	},
	year(e) {
		return O(e.calendar, e).year;
	},
	month(e) {
		return O(e.calendar, e).month;
	},
	monthCode(e) {
		return zr(e.calendar, e);
	},
	day(e) {
		return O(e.calendar, e).day;
	}
}, eu = {
	monthCode(e) {
		return zr(e.calendar, e);
	},
	day(e) {
		return O(e.calendar, e).day;
	}
}, tu = {
	daysInMonth(e) {
		return Hr(e.calendar, e);
	},
	daysInYear(e) {
		return Ur(e.calendar, e);
	},
	monthsInYear(e) {
		return Vr(e.calendar, e);
	},
	inLeapYear(e) {
		return Br(e.calendar, e);
	}
}, nu = {
	dayOfWeek(e) {
		return Er(e);
	},
	dayOfYear(e) {
		return Wr(e.calendar, e);
	},
	weekOfYear(e) {
		return Gr(e.calendar, e);
	},
	yearOfWeek(e) {
		return Kr(e.calendar, e);
	},
	daysInWeek() {
		return 7;
	},
	daysInMonth(e) {
		return Hr(e.calendar, e);
	},
	daysInYear(e) {
		return Ur(e.calendar, e);
	},
	monthsInYear(e) {
		return Vr(e.calendar, e);
	},
	inLeapYear(e) {
		return Br(e.calendar, e);
	}
};
function ru(e, t, n, r) {
	let [i, a, o, s] = Ii(e, r, 3, 5);
	return lu(e, $a(t.epochNanoseconds, n.epochNanoseconds, i, a, o, s));
}
function iu(e, t, n, r) {
	let i = Wa(t.calendar, n.calendar), [a, o, s, c] = Ii(e, r, 5);
	return lu(e, qa(i, t, n, a, o, s, c));
}
function au(e, t, n, r) {
	let i = Wa(t.calendar, n.calendar), [a, o, s, c] = Ii(e, r, 6);
	return lu(e, Ja(i, t, n, a, o, s, c));
}
function ou(e, t, n, r) {
	let i = Wa(t.calendar, n.calendar), [a, o, s, c] = Ii(e, r, 6, 9, 6);
	return lu(e, Xa(i, t, n, a, o, s, c));
}
function su(e, t, n, r) {
	let i = Wa(t.calendar, n.calendar), [a, o, s, c] = Ii(e, r, 9, 9, 8);
	return lu(e, Ya(i, t, n, a, o, s, c));
}
function cu(e, t, n, r) {
	let [i, a, o, s] = Ii(e, r, 5, 5);
	return lu(e, Za(t, n, i, a, o, s));
}
function lu(e, t) {
	return ra(e ? xo(t) : t);
}
function uu(e, t, n) {
	let { calendar: r } = e, i = Kc(r, e, t), [a, o] = os(i, r);
	return ls(i, r, a, o, B(n));
}
function du(e, t, n) {
	let { calendar: r } = e, [i, a] = Gc(r, e, t), [o, s] = os(a, r);
	return Xc(i, a, r, o, s, B(n));
}
function fu(e, t, n) {
	let { calendar: r } = e, i = qc(r, e, t), [a, o] = os(i, r, 1);
	return us(i, r, a, o, B(n));
}
function pu(e, t, n) {
	let { calendar: r } = e, i = Jc(r, e, t), [a, o] = ss(i, r);
	return ds(i, r, a, o, B(n));
}
function mu(e, t, n) {
	return Xo(Zc(e, t), B(n));
}
function hu(e, t, n) {
	let { calendar: r } = e, [i, a] = Wc(r, e, t), [o, s] = os(a, r), [c, l, u] = is(n, 2);
	return Yc(e, i, a, o, s, c, l, u);
}
// node_modules/temporal-polyfill/chunks/classApi-basic.js
function gu(e) {
	let t = j(e).toLowerCase();
	return t === "iso8601" ? void 0 : t === "gregory" ? 0 : void v(Tt(e, "temporal-polyfill/full"));
}
function _u(e = nn) {
	return gu(e);
}
var vu = /*@__PURE__*/ new WeakMap(), yu = /*@__PURE__*/ Jl(Gl, class {
	constructor(e, t, n = void 0) {
		let r = Wi(ai(e)), i = V(Ys(t)), a = _u(n);
		Cu(this, ea(r, i, a));
	}
	static from(e, t = void 0) {
		return H(Su(e, t));
	}
	static compare(e, t) {
		return No(Su(e), Su(t));
	}
	get calendarId() {
		return on(U(this).calendar);
	}
	get timeZoneId() {
		return U(this).timeZone.id;
	}
	get epochMilliseconds() {
		return ur(U(this).epochNanoseconds);
	}
	get epochNanoseconds() {
		return U(this).epochNanoseconds;
	}
	get offset() {
		return Bs(I(U(this)).offsetNanoseconds);
	}
	get offsetNanoseconds() {
		return I(U(this)).offsetNanoseconds;
	}
	get hoursInDay() {
		return aa(U(this));
	}
	with(e, t = void 0) {
		return H(hu(U(this), Gu(e), t));
	}
	withCalendar(e) {
		return H({
			...U(this),
			calendar: md(e)
		});
	}
	withTimeZone(e) {
		return H({
			...U(this),
			timeZone: V(W(e))
		});
	}
	withPlainTime(e = void 0) {
		return H(Fl(U(this), Qu(e)));
	}
	add(e, t = void 0) {
		return H(Ma(U(this), Z(e), B(t)));
	}
	subtract(e, t = void 0) {
		return H(Ma(U(this), xo(Z(e)), B(t)));
	}
	until(e, t = void 0) {
		return Y(iu(0, U(this), Su(e), t));
	}
	since(e, t = void 0) {
		return Y(iu(1, U(this), Su(e), t));
	}
	round(e) {
		let t = U(this), [n, r, i] = Li(e);
		return H(ia(t, n, r, i));
	}
	startOfDay() {
		return H(oa(U(this)));
	}
	equals(e) {
		return zo(U(this), Su(e));
	}
	toInstant() {
		return Eu(rl(U(this)));
	}
	toPlainDateTime() {
		return nd(il(U(this)));
	}
	toPlainDate() {
		return cd(al(U(this)));
	}
	toPlainTime() {
		return Ju(ol(U(this)));
	}
	toLocaleString(e = void 0, t = {}) {
		let n = U(this), r = new hs(e, _l(kl(t), Ka(n)));
		return vl(r, n), r.format(ur(n.epochNanoseconds));
	}
	toString(e = void 0) {
		return ws(U(this), e);
	}
	toJSON() {
		return ws(U(this));
	}
	getTimeZoneTransition(e) {
		let t = U(this), n = t.timeZone.C(t.epochNanoseconds, Il(e));
		return n === void 0 ? null : H({
			...t,
			epochNanoseconds: n
		});
	}
	valueOf() {
		return Zl();
	}
}, bu, $l, nu, En);
function H(e) {
	return Cu(Object.create(yu.prototype), e);
}
function U(e) {
	return xu(e) || Xl();
}
function bu(e) {
	let t = U(e);
	return {
		...I(t),
		calendar: t.calendar
	};
}
function xu(e) {
	return vu.get(e);
}
function Su(e, t) {
	if (_(e)) {
		let n = xu(e);
		return n ? (is(t), n) : oc(W, fd(e), e, t);
	}
	return gc(e, gu, t);
}
function Cu(e, t) {
	return vu.set(e, t), Yl(e), e;
}
function W(e) {
	if (_(e)) {
		let t = xu(e);
		return t || y(Et(e)), t.timeZone.id;
	}
	return ((e) => Xs(wc(j(e))))(e);
}
var wu = /*@__PURE__*/ new WeakMap(), Tu = /*@__PURE__*/ Jl(Kl, class {
	constructor(e) {
		let t = Wi(ai(e));
		Au(this, P(t));
	}
	static from(e) {
		return Eu(Ou(e));
	}
	static fromEpochMilliseconds(e) {
		return Eu(ml(e));
	}
	static fromEpochNanoseconds(e) {
		return Eu(hl(e));
	}
	static compare(e, t) {
		return No(Ou(e), Ou(t));
	}
	get epochMilliseconds() {
		return ur(G(this).epochNanoseconds);
	}
	get epochNanoseconds() {
		return G(this).epochNanoseconds;
	}
	add(e) {
		return Eu(P(Fa(G(this).epochNanoseconds, Z(e))));
	}
	subtract(e) {
		return Eu(P(Fa(G(this).epochNanoseconds, xo(Z(e)))));
	}
	until(e, t = void 0) {
		return Y(ru(0, G(this), Ou(e), t));
	}
	since(e, t = void 0) {
		return Y(ru(1, G(this), Ou(e), t));
	}
	round(e) {
		let t = G(this), [n, r, i] = Li(e, 5, 1);
		return Eu(P(Sa(t.epochNanoseconds, Ta(n, r), i)));
	}
	equals(e) {
		return Ro(G(this), Ou(e));
	}
	toZonedDateTimeISO(e) {
		return H(nl(G(this), V(W(e))));
	}
	toLocaleString(e = void 0, t = {}) {
		let n = G(this);
		return new hs(e, Ol(t)).format(ur(n.epochNanoseconds));
	}
	toString(e = void 0) {
		return Cs(W, G(this), e);
	}
	toJSON() {
		return Cs(W, G(this));
	}
	valueOf() {
		return Zl();
	}
});
function Eu(e) {
	return Au(Object.create(Tu.prototype), e);
}
function G(e) {
	return Du(e) || Xl();
}
function Du(e) {
	return wu.get(e);
}
function Ou(e) {
	if (_(e)) {
		let t = Du(e);
		if (t) return t;
		let n = xu(e);
		if (n) return P(n.epochNanoseconds);
	}
	return mc(e);
}
var { toTemporalInstant: ku } = { toTemporalInstant() {
	let e = Date.prototype.valueOf.call(this);
	return Eu(P(BigInt(ni(e)) * xn));
} };
function Au(e, t) {
	return wu.set(e, t), Yl(e), e;
}
var ju = /*@__PURE__*/ new WeakMap(), Mu = /*@__PURE__*/ Jl(Vl, class {
	constructor(e, t, n = void 0, r) {
		let i = g(e), a = g(t), o = _u(n), s = N(Mr({
			year: g(r ?? 1972),
			month: i,
			day: a
		}));
		Lu(this, F(s, o));
	}
	static from(e, t = void 0) {
		return Nu(Iu(e, t));
	}
	get calendarId() {
		return on(Pu(this).calendar);
	}
	with(e, t = void 0) {
		return Nu(pu(Pu(this), Gu(e), t));
	}
	equals(e) {
		return Uo(Pu(this), Iu(e));
	}
	toPlainDate(e) {
		return cd(ul(Pu(this).calendar, this, e));
	}
	toLocaleString(e = void 0, t = {}) {
		let n = Pu(this), r = new hs(e, gl(Pl(t)));
		return vl(r, n, 1), r.format(pr(n));
	}
	toString(e = void 0) {
		return Os(Pu(this), e);
	}
	toJSON() {
		return Os(Pu(this));
	}
	valueOf() {
		return Zl();
	}
}, Pu, eu);
function Nu(e) {
	return Lu(Object.create(Mu.prototype), e);
}
function Pu(e) {
	return Fu(e) || Xl();
}
function Fu(e) {
	return ju.get(e);
}
function Iu(e, t) {
	if (_(e)) {
		let n = Fu(e);
		if (n) return B(t), n;
		let r = pd(e);
		return uc(r === void 0 ? void 0 : r, r === void 0, e, t);
	}
	let n = bc(e, gu);
	return B(t), n;
}
function Lu(e, t) {
	return ju.set(e, t), Yl(e), e;
}
var Ru = /*@__PURE__*/ new WeakMap(), zu = /*@__PURE__*/ Jl(Bl, class {
	constructor(e, t, n = void 0, r) {
		let i = g(e), a = g(t), o = _u(n), s = Vi(Mr({
			year: i,
			month: a,
			day: g(r ?? 1)
		}));
		Uu(this, F(s, o));
	}
	static from(e, t = void 0) {
		return Bu(Hu(e, t));
	}
	static compare(e, t) {
		return Io(Hu(e), Hu(t));
	}
	get calendarId() {
		return on(K(this).calendar);
	}
	with(e, t = void 0) {
		return Bu(fu(K(this), Gu(e), t));
	}
	add(e, t = void 0) {
		let n = K(this);
		return Bu(F(ja(n.calendar, n, Z(e), B(t)), n.calendar));
	}
	subtract(e, t = void 0) {
		let n = K(this);
		return Bu(F(ja(n.calendar, n, xo(Z(e)), B(t)), n.calendar));
	}
	until(e, t = void 0) {
		return Y(su(0, K(this), Hu(e), t));
	}
	since(e, t = void 0) {
		return Y(su(1, K(this), Hu(e), t));
	}
	equals(e) {
		return Ho(K(this), Hu(e));
	}
	toPlainDate(e) {
		return cd(ll(K(this).calendar, this, e));
	}
	toLocaleString(e = void 0, t = {}) {
		let n = K(this), r = new hs(e, gl(Nl(t)));
		return vl(r, n, 1), r.format(pr(n));
	}
	toString(e = void 0) {
		return Ds(K(this), e);
	}
	toJSON() {
		return Ds(K(this));
	}
	valueOf() {
		return Zl();
	}
}, K, Ql, tu);
function Bu(e) {
	return Uu(Object.create(zu.prototype), e);
}
function K(e) {
	return Vu(e) || Xl();
}
function Vu(e) {
	return Ru.get(e);
}
function Hu(e, t) {
	if (_(e)) {
		let n = Vu(e);
		return n ? (B(t), n) : lc(fd(e), e, t);
	}
	let n = yc(e, gu);
	return B(t), n;
}
function Uu(e, t) {
	return Ru.set(e, t), Yl(e), e;
}
function Wu(e) {
	if (!_(e)) return;
	let t = Du(e);
	return t ? [Kl, t] : (t = xu(e), t ? [Gl, t] : (t = rd(e), t ? [Ul, t] : (t = ld(e), t ? [Hl, t] : (t = Xu(e), t ? [Wl, t] : (t = Vu(e), t ? [Bl, t] : (t = Fu(e), t ? [Vl, t] : (t = _d(e), t ? [ql, t] : void 0)))))));
}
function Gu(e) {
	return (Wu(e) || e.calendar !== void 0 || e.timeZone !== void 0) && y("Invalid bag"), e;
}
var Ku = /*@__PURE__*/ new WeakMap(), qu = /*@__PURE__*/ Jl(Wl, class {
	constructor(e = 0, t = 0, n = 0, r = 0, i = 0, a = 0) {
		let o = er(Ft(g, {
			hour: e,
			minute: t,
			second: n,
			millisecond: r,
			microsecond: i,
			nanosecond: a
		}));
		$u(this, na(o));
	}
	static from(e, t = void 0) {
		return Ju(Zu(e, t));
	}
	static compare(e, t) {
		return Lo(Zu(e), Zu(t));
	}
	with(e, t = void 0) {
		return Ju(mu(Yu(this), Gu(e), t));
	}
	add(e) {
		return Ju(Pa(Yu(this), Z(e))[0]);
	}
	subtract(e) {
		return Ju(Pa(Yu(this), xo(Z(e)))[0]);
	}
	until(e, t = void 0) {
		return Y(cu(0, Yu(this), Zu(e), t));
	}
	since(e, t = void 0) {
		return Y(cu(1, Yu(this), Zu(e), t));
	}
	round(e) {
		let t = Yu(this), [n, r, i] = Li(e, 5);
		return Ju(fa(t, n, r, i)[0]);
	}
	equals(e) {
		return Wo(Yu(this), Zu(e));
	}
	toLocaleString(e = void 0, t = {}) {
		let n = Yu(this);
		return new hs(e, gl(Ml(t))).format(rr(n));
	}
	toString(e = void 0) {
		return As(Yu(this), e);
	}
	toJSON() {
		return As(Yu(this));
	}
	valueOf() {
		return Zl();
	}
}, Yu, En);
function Ju(e) {
	return $u(Object.create(qu.prototype), e);
}
function Yu(e) {
	return Xu(e) || Xl();
}
function Xu(e) {
	return Ku.get(e);
}
function Zu(e, t) {
	if (_(e)) {
		let n = Xu(e);
		if (n) return B(t), n;
		let r = rd(e);
		if (r) return B(t), na(r);
		let i = xu(e);
		return i ? (B(t), ol(i)) : dc(e, t);
	}
	let n = xc(e);
	return B(t), n;
}
function Qu(e) {
	return e === void 0 ? void 0 : Zu(e);
}
function $u(e, t) {
	return Ku.set(e, t), Yl(e), e;
}
var ed = /*@__PURE__*/ new WeakMap(), td = /*@__PURE__*/ Jl(Ul, class {
	constructor(e, t, n, r = 0, i = 0, a = 0, o = 0, s = 0, c = 0, l = void 0) {
		let u = Hi(jr(Ft(g, {
			year: e,
			month: t,
			day: n,
			hour: r,
			minute: i,
			second: a,
			millisecond: o,
			microsecond: s,
			nanosecond: c
		}))), d = _u(l);
		ad(this, ta(u, d));
	}
	static from(e, t = void 0) {
		return nd(id(e, t));
	}
	static compare(e, t) {
		return Fo(id(e), id(t));
	}
	get calendarId() {
		return on(q(this).calendar);
	}
	with(e, t = void 0) {
		return nd(du(q(this), Gu(e), t));
	}
	withCalendar(e) {
		return nd(ta(q(this), md(e)));
	}
	withPlainTime(e = void 0) {
		let t = q(this);
		return nd(cs(t, Qu(e), t.calendar));
	}
	add(e, t = void 0) {
		let n = q(this);
		return nd(ta(Na(n.calendar, n, Z(e), B(t)), n.calendar));
	}
	subtract(e, t = void 0) {
		let n = q(this);
		return nd(ta(Na(n.calendar, n, xo(Z(e)), B(t)), n.calendar));
	}
	until(e, t = void 0) {
		return Y(au(0, q(this), id(e), t));
	}
	since(e, t = void 0) {
		return Y(au(1, q(this), id(e), t));
	}
	round(e) {
		let t = q(this), [n, r, i] = Li(e);
		return nd(ta(da(t, n, r, i), t.calendar));
	}
	equals(e) {
		return Bo(q(this), id(e));
	}
	toZonedDateTime(e, t = void 0) {
		return H(sl(q(this), V(W(e)), as(t)));
	}
	toPlainDate() {
		let e = q(this);
		return cd(F(e, e.calendar));
	}
	toPlainTime() {
		return Ju(na(q(this)));
	}
	toLocaleString(e = void 0, t = {}) {
		let n = q(this), r = new hs(e, gl(Al(t)));
		return vl(r, n), r.format(dr(n));
	}
	toString(e = void 0) {
		return Ts(q(this), e);
	}
	toJSON() {
		return Ts(q(this));
	}
	valueOf() {
		return Zl();
	}
}, q, $l, nu, En);
function nd(e) {
	return ad(Object.create(td.prototype), e);
}
function q(e) {
	return rd(e) || Xl();
}
function rd(e) {
	return ed.get(e);
}
function id(e, t) {
	if (_(e)) {
		let n = rd(e);
		if (n) return B(t), n;
		let r = ld(e);
		if (r) return B(t), ta(M(r, $n), r.calendar);
		let i = xu(e);
		return i ? (B(t), il(i)) : sc(fd(e), e, t);
	}
	let n = _c(e, gu);
	return B(t), n;
}
function ad(e, t) {
	return ed.set(e, t), Yl(e), e;
}
var od = /*@__PURE__*/ new WeakMap(), sd = /*@__PURE__*/ Jl(Hl, class {
	constructor(e, t, n, r = void 0) {
		let i = N(Mr(Ft(g, {
			year: e,
			month: t,
			day: n
		}))), a = _u(r);
		dd(this, F(i, a));
	}
	static from(e, t = void 0) {
		return cd(ud(e, t));
	}
	static compare(e, t) {
		return Io(ud(e), ud(t));
	}
	get calendarId() {
		return on(J(this).calendar);
	}
	with(e, t = void 0) {
		return cd(uu(J(this), Gu(e), t));
	}
	withCalendar(e) {
		return cd(F(J(this), md(e)));
	}
	add(e, t = void 0) {
		let n = J(this);
		return cd(F(Ia(n.calendar, n, Z(e), B(t)), n.calendar));
	}
	subtract(e, t = void 0) {
		let n = J(this);
		return cd(F(Ia(n.calendar, n, xo(Z(e)), B(t)), n.calendar));
	}
	until(e, t = void 0) {
		return Y(ou(0, J(this), ud(e), t));
	}
	since(e, t = void 0) {
		return Y(ou(1, J(this), ud(e), t));
	}
	equals(e) {
		return Vo(J(this), ud(e));
	}
	toZonedDateTime(e) {
		let t = _(e) ? {
			timeZone: e.timeZone,
			plainTime: e.plainTime
		} : { timeZone: e }, n = J(this), r = W(t.timeZone), i = t.plainTime, a = i === void 0 ? void 0 : Zu(i);
		return H(cl(n, V(r), a));
	}
	toPlainDateTime(e = void 0) {
		let t = J(this);
		return nd(cs(t, Qu(e), t.calendar));
	}
	toPlainYearMonth() {
		return Bu(fl(J(this).calendar, this));
	}
	toPlainMonthDay() {
		return Nu(dl(J(this).calendar, this));
	}
	toLocaleString(e = void 0, t = {}) {
		let n = J(this), r = new hs(e, gl(jl(t)));
		return vl(r, n), r.format(pr(n));
	}
	toString(e = void 0) {
		return Es(J(this), e);
	}
	toJSON() {
		return Es(J(this));
	}
	valueOf() {
		return Zl();
	}
}, J, $l, nu);
function cd(e) {
	return dd(Object.create(sd.prototype), e);
}
function J(e) {
	return ld(e) || Xl();
}
function ld(e) {
	return od.get(e);
}
function ud(e, t) {
	if (_(e)) {
		let n = ld(e);
		if (n) return B(t), n;
		let r = rd(e);
		if (r) return B(t), F(r, r.calendar);
		let i = xu(e);
		return i ? (B(t), al(i)) : cc(fd(e), e, t);
	}
	let n = vc(e, gu);
	return B(t), n;
}
function dd(e, t) {
	return od.set(e, t), Yl(e), e;
}
function fd(e) {
	let t = pd(e);
	return t === void 0 ? void 0 : t;
}
function pd(e) {
	let { calendar: t } = e;
	if (t !== void 0) return md(t);
}
function md(e) {
	if (_(e)) {
		let t = ld(e) || rd(e) || xu(e) || Fu(e) || Vu(e);
		return t || y(wt(e)), t.calendar;
	}
	return ((e) => gu(Cc(j(e))))(e);
}
var hd = /*@__PURE__*/ new WeakMap(), gd = /*@__PURE__*/ Jl(ql, class {
	constructor(e = 0, t = 0, n = 0, r = 0, i = 0, a = 0, o = 0, s = 0, c = 0, l = 0) {
		let u = Co(Ft(oi, {
			years: e,
			months: t,
			weeks: n,
			days: r,
			hours: i,
			minutes: a,
			seconds: o,
			milliseconds: s,
			microseconds: c,
			nanoseconds: l
		}));
		yd(this, ra(u));
	}
	static from(e) {
		return Y(Z(e));
	}
	static compare(e, t, n = void 0) {
		return Po(vd, Z(e), Z(t), n);
	}
	get sign() {
		return X(this).sign;
	}
	get blank() {
		return !X(this).sign;
	}
	with(e) {
		return Y(Qc(X(this), e));
	}
	negated() {
		return Y(bo(X(this)));
	}
	abs() {
		return Y(yo(X(this)));
	}
	add(e) {
		return Y(_o(0, X(this), Z(e)));
	}
	subtract(e) {
		return Y(_o(1, X(this), Z(e)));
	}
	round(e) {
		return Y(vo(vd, X(this), e));
	}
	total(e) {
		return el(vd, X(this), e);
	}
	toLocaleString(e = void 0, t) {
		let n = X(this);
		return Intl.DurationFormat ? new Intl.DurationFormat(e, t).format(n) : js(n, t);
	}
	toString(e = void 0) {
		return js(X(this), e);
	}
	toJSON() {
		return js(X(this));
	}
	valueOf() {
		return Zl();
	}
}, X, qr);
function Y(e) {
	return yd(Object.create(gd.prototype), e);
}
function X(e) {
	return _d(e) || Xl();
}
function _d(e) {
	return hd.get(e);
}
function Z(e) {
	return _(e) ? _d(e) || fc(e) : Sc(e);
}
function vd(e) {
	if (e !== void 0) {
		if (_(e)) {
			let t = xu(e);
			if (t) return t;
			let n = ld(e);
			if (n) return n;
			let r = rd(e);
			return r ? F(r, r.calendar) : ac(W, fd(e), e);
		}
		return hc(e, gu);
	}
}
function yd(e, t) {
	return hd.set(e, t), Yl(e), e;
}
var bd = /*@__PURE__*/ Object.defineProperties({}, {
	...Pt("Temporal.Now"),
	...Nt({
		timeZoneId() {
			return zl();
		},
		instant() {
			return Eu(P(Rl()));
		},
		zonedDateTimeISO(e = zl()) {
			let t = V(W(e));
			return H(ea(Rl(), t));
		},
		plainDateTimeISO(e = zl()) {
			return nd(ta(Ll(V(W(e)))));
		},
		plainDateISO(e = zl()) {
			return cd(F(Ll(V(W(e)))));
		},
		plainTimeISO(e = zl()) {
			return Ju(na(Ll(V(W(e)))));
		}
	})
}), xd = /*@__PURE__*/ Object.defineProperties({}, {
	...Pt("Temporal"),
	...Nt({
		PlainYearMonth: zu,
		PlainMonthDay: Mu,
		PlainDate: sd,
		PlainTime: qu,
		PlainDateTime: td,
		ZonedDateTime: yu,
		Instant: Tu,
		Duration: gd,
		Now: bd
	})
}), Sd = Qe || xd;
Qe && Date.prototype.toTemporalInstant;
// examples/lobby/src/every-minute.ts
var Cd = 6e4, wd = class {
	#e;
	#t;
	constructor(e) {
		this.#e = e, e.addController(this);
	}
	get now() {
		return Sd.Now.zonedDateTimeISO();
	}
	hostConnected() {
		this.#n();
	}
	hostDisconnected() {
		clearTimeout(this.#t);
	}
	#n() {
		let e = Cd - Date.now() % Cd;
		this.#t = setTimeout(() => {
			this.#e.requestUpdate(), this.#n();
		}, e + 20);
	}
};
function Td(e, t) {
	let n = Sd.PlainTime.from(t);
	return n.hour * 60 + n.minute - (e.hour * 60 + e.minute);
}
// node_modules/valibot/dist/index.mjs
var Ed = {
	lang: void 0,
	message: void 0,
	abortEarly: void 0,
	abortPipeEarly: void 0
};
/* @__NO_SIDE_EFFECTS__ */
function Dd(e) {
	return e ? {
		lang: e?.lang ?? void 0,
		message: e?.message,
		abortEarly: e?.abortEarly ?? void 0,
		abortPipeEarly: e?.abortPipeEarly ?? void 0
	} : Ed;
}
/* @__NO_SIDE_EFFECTS__ */
function Od(e) {
	let t = typeof e;
	return t === "string" ? `"${e}"` : t === "number" || t === "bigint" || t === "boolean" ? `${e}` : t === "object" || t === "function" ? (e && Object.getPrototypeOf(e)?.constructor?.name) ?? "null" : t;
}
function kd(e, t, n, r, i) {
	let a = i && "input" in i ? i.input : n.value, o = i?.expected ?? e.expects ?? null, s = i?.received ?? /* @__PURE__ */ Od(a), c = {
		kind: e.kind,
		type: e.type,
		input: a,
		expected: o,
		received: s,
		message: `Invalid ${t}: ${o ? `Expected ${o} but r` : "R"}eceived ${s}`,
		requirement: e.requirement,
		path: i?.path,
		issues: i?.issues,
		lang: r.lang,
		abortEarly: r.abortEarly,
		abortPipeEarly: r.abortPipeEarly
	}, l = e.kind === "schema", u = i?.message ?? e.message ?? (e.reference, c.lang, void 0) ?? (l ? (c.lang, void 0) : null) ?? r.message ?? (c.lang, void 0);
	u !== void 0 && (c.message = typeof u == "function" ? u(c) : u), l && (n.typed = !1), n.issues ? n.issues.push(c) : n.issues = [c];
}
/* @__NO_SIDE_EFFECTS__ */
function Ad(e, t) {
	let n = [...new Set(e)];
	return n.length > 1 ? `(${n.join(` ${t} `)})` : n[0] ?? "never";
}
function jd(e) {
	return e["~standard"] = {
		version: 1,
		vendor: "valibot",
		validate: (t) => e["~run"]({ value: t }, /* @__PURE__ */ Dd())
	}, e;
}
/* @__NO_SIDE_EFFECTS__ */
function Md(e) {
	if (e.path) {
		let t = "";
		for (let n of e.path) if (typeof n.key == "string" || typeof n.key == "number") t += t ? `.${n.key}` : n.key;
		else return null;
		return t;
	}
	return null;
}
/* @__NO_SIDE_EFFECTS__ */
function Nd(e) {
	return {
		kind: "validation",
		type: "integer",
		reference: Nd,
		async: !1,
		expects: null,
		requirement: Number.isInteger,
		message: e,
		"~run"(e, t) {
			return e.typed && !this.requirement(e.value) && kd(this, "integer", e, t), e;
		}
	};
}
/* @__NO_SIDE_EFFECTS__ */
function Pd(e, t) {
	return {
		kind: "validation",
		type: "min_value",
		reference: Pd,
		async: !1,
		expects: `>=${e instanceof Date ? e.toJSON() : /* @__PURE__ */ Od(e)}`,
		requirement: e,
		message: t,
		"~run"(e, t) {
			return e.typed && !(e.value >= this.requirement) && kd(this, "value", e, t, { received: e.value instanceof Date ? e.value.toJSON() : /* @__PURE__ */ Od(e.value) }), e;
		}
	};
}
/* @__NO_SIDE_EFFECTS__ */
function Fd(e) {
	return {
		kind: "validation",
		type: "non_empty",
		reference: Fd,
		async: !1,
		expects: "!0",
		message: e,
		"~run"(e, t) {
			return e.typed && e.value.length === 0 && kd(this, "length", e, t, { received: "0" }), e;
		}
	};
}
/* @__NO_SIDE_EFFECTS__ */
function Id(e, t) {
	return {
		kind: "validation",
		type: "regex",
		reference: Id,
		async: !1,
		expects: `${e}`,
		requirement: e,
		message: t,
		"~run"(e, t) {
			return e.typed && !this.requirement.test(e.value) && kd(this, "format", e, t), e;
		}
	};
}
/* @__NO_SIDE_EFFECTS__ */
function Ld(e, t, n) {
	return typeof e.fallback == "function" ? e.fallback(t, n) : e.fallback;
}
/* @__NO_SIDE_EFFECTS__ */
function Rd(e, t, n) {
	return typeof e.default == "function" ? e.default(t, n) : e.default;
}
/* @__NO_SIDE_EFFECTS__ */
function zd(e, t) {
	return jd({
		kind: "schema",
		type: "array",
		reference: zd,
		expects: "Array",
		async: !1,
		item: e,
		message: t,
		"~run"(e, t) {
			let n = e.value;
			if (Array.isArray(n)) {
				e.typed = !0, e.value = [];
				for (let r = 0; r < n.length; r++) {
					let i = n[r], a = this.item["~run"]({ value: i }, t);
					if (a.issues) {
						let o = {
							type: "array",
							origin: "value",
							input: n,
							key: r,
							value: i
						};
						for (let t of a.issues) t.path ? t.path.unshift(o) : t.path = [o], e.issues?.push(t);
						if (e.issues ||= a.issues, t.abortEarly) {
							e.typed = !1;
							break;
						}
					}
					a.typed || (e.typed = !1), e.value.push(a.value);
				}
			} else kd(this, "type", e, t);
			return e;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function Bd(e) {
	return jd({
		kind: "schema",
		type: "number",
		reference: Bd,
		expects: "number",
		async: !1,
		message: e,
		"~run"(e, t) {
			return typeof e.value == "number" && !isNaN(e.value) ? e.typed = !0 : kd(this, "type", e, t), e;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function Q(e, t) {
	return jd({
		kind: "schema",
		type: "object",
		reference: Q,
		expects: "Object",
		async: !1,
		entries: e,
		message: t,
		"~run"(e, t) {
			let n = e.value;
			if (n && typeof n == "object") {
				e.typed = !0, e.value = {};
				for (let r in this.entries) {
					let i = this.entries[r];
					if (r in n || (i.type === "exact_optional" || i.type === "optional" || i.type === "nullish") && i.default !== void 0) {
						let a = r in n ? n[r] : /* @__PURE__ */ Rd(i), o = i["~run"]({ value: a }, t);
						if (o.issues) {
							let i = {
								type: "object",
								origin: "value",
								input: n,
								key: r,
								value: a
							};
							for (let t of o.issues) t.path ? t.path.unshift(i) : t.path = [i], e.issues?.push(t);
							if (e.issues ||= o.issues, t.abortEarly) {
								e.typed = !1;
								break;
							}
						}
						o.typed || (e.typed = !1), e.value[r] = o.value;
					} else if (i.fallback !== void 0) e.value[r] = /* @__PURE__ */ Ld(i);
					else if (i.type !== "exact_optional" && i.type !== "optional" && i.type !== "nullish" && (kd(this, "key", e, t, {
						input: void 0,
						expected: `"${r}"`,
						path: [{
							type: "object",
							origin: "key",
							input: n,
							key: r,
							value: n[r]
						}]
					}), t.abortEarly)) break;
				}
			} else kd(this, "type", e, t);
			return e;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function Vd(e, t) {
	return jd({
		kind: "schema",
		type: "optional",
		reference: Vd,
		expects: `(${e.expects} | undefined)`,
		async: !1,
		wrapped: e,
		default: t,
		"~run"(e, t) {
			return e.value === void 0 && (this.default !== void 0 && (e.value = /* @__PURE__ */ Rd(this, e, t)), e.value === void 0) ? (e.typed = !0, e) : this.wrapped["~run"](e, t);
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function Hd(e, t) {
	return jd({
		kind: "schema",
		type: "picklist",
		reference: Hd,
		expects: /* @__PURE__ */ Ad(e.map(Od), "|"),
		async: !1,
		options: e,
		message: t,
		"~run"(e, t) {
			return this.options.includes(e.value) ? e.typed = !0 : kd(this, "type", e, t), e;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function Ud(e) {
	return jd({
		kind: "schema",
		type: "string",
		reference: Ud,
		expects: "string",
		async: !1,
		message: e,
		"~run"(e, t) {
			return typeof e.value == "string" ? e.typed = !0 : kd(this, "type", e, t), e;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function Wd(...e) {
	return jd({
		...e[0],
		pipe: e,
		"~run"(t, n) {
			for (let r of e) if (r.kind !== "metadata") {
				if (t.issues && (r.kind === "schema" || r.kind === "transformation")) {
					t.typed = !1;
					break;
				}
				t.issues && (n.abortEarly || n.abortPipeEarly) || (t = r["~run"](t, n));
			}
			return t;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function Gd(e, t, n) {
	let r = e["~run"]({ value: t }, /* @__PURE__ */ Dd(n));
	return {
		typed: r.typed,
		success: !r.issues,
		output: r.value,
		issues: r.issues
	};
}
// examples/lobby/src/house-data.ts
var Kd = /* @__PURE__ */ Wd(/* @__PURE__ */ Ud(), /* @__PURE__ */ Id(/^([01]\d|2[0-3]):[0-5]\d$/, "a time must look like 09:30")), $ = /* @__PURE__ */ Wd(/* @__PURE__ */ Ud(), /* @__PURE__ */ Fd()), qd = /* @__PURE__ */ Hd([
	"sun",
	"part-sun",
	"cloud",
	"mist",
	"rain",
	"clear-night"
]), Jd = /* @__PURE__ */ Q({
	name: $,
	place: $,
	greetings: /* @__PURE__ */ Wd(/* @__PURE__ */ zd(/* @__PURE__ */ Q({
		text: $,
		lang: $
	})), /* @__PURE__ */ Fd()),
	slideSeconds: /* @__PURE__ */ Wd(/* @__PURE__ */ Bd(), /* @__PURE__ */ Pd(4)),
	slides: /* @__PURE__ */ Wd(/* @__PURE__ */ zd(/* @__PURE__ */ Q({
		picture: $,
		title: $,
		text: $,
		focus: /* @__PURE__ */ Vd(/* @__PURE__ */ Bd())
	})), /* @__PURE__ */ Fd())
}), Yd = /* @__PURE__ */ Q({ events: /* @__PURE__ */ zd(/* @__PURE__ */ Q({
	from: Kd,
	until: Kd,
	title: $,
	room: $,
	floor: $
})) }), Xd = /* @__PURE__ */ Q({
	place: $,
	sunrise: Kd,
	sunset: Kd,
	summary: $,
	hours: /* @__PURE__ */ Wd(/* @__PURE__ */ zd(/* @__PURE__ */ Q({
		hour: /* @__PURE__ */ Wd(/* @__PURE__ */ Bd(), /* @__PURE__ */ Nd()),
		temperature: /* @__PURE__ */ Bd(),
		sky: qd
	})), /* @__PURE__ */ Fd()),
	outlook: /* @__PURE__ */ zd(/* @__PURE__ */ Q({
		high: /* @__PURE__ */ Bd(),
		low: /* @__PURE__ */ Bd(),
		sky: qd
	}))
}), Zd = /* @__PURE__ */ Q({ items: /* @__PURE__ */ Wd(/* @__PURE__ */ zd($), /* @__PURE__ */ Fd()) }), Qd = /* @__PURE__ */ Q({
	stop: $,
	walkMinutes: /* @__PURE__ */ Wd(/* @__PURE__ */ Bd(), /* @__PURE__ */ Pd(0)),
	lines: /* @__PURE__ */ zd(/* @__PURE__ */ Q({
		line: $,
		kind: /* @__PURE__ */ Hd([
			"bus",
			"train",
			"boat"
		]),
		to: $,
		first: Kd,
		last: Kd,
		everyMinutes: /* @__PURE__ */ Wd(/* @__PURE__ */ Bd(), /* @__PURE__ */ Pd(1))
	}))
});
async function $d(e, t) {
	let n = await fetch(`data/${e}`);
	if (!n.ok) throw Error(`data/${e} could not be read (status ${n.status}).`);
	let r = /* @__PURE__ */ Gd(t, await n.json());
	if (r.success) return r.output;
	let i = r.issues[0];
	throw Error(`data/${e}: ${i.message} (at ${/* @__PURE__ */ Md(i) ?? "the top"}).`);
}
var ef = () => $d("house.json", Jd), tf = () => $d("events.json", Yd), nf = () => $d("weather.json", Xd), rf = () => $d("news.json", Zd), af = () => $d("departures.json", Qd), of = class extends Xe {
	createRenderRoot() {
		return this;
	}
}, sf = 1440;
function cf(e, t, n, r) {
	let i = Td(e, t.first), a = Td(e, t.last);
	a < i && (a += sf);
	let o = [];
	for (let e of [
		-1440,
		0,
		sf
	]) for (let s = i + e; s <= a + e; s += t.everyMinutes) s >= n && o.length < r && o.push(s);
	return o;
}
function lf(e, t) {
	return t < 60 ? String(t) : e.add({ minutes: t }).toPlainTime().toString({ smallestUnit: "minute" });
}
var uf = {
	bus: "M5 5h14v12H5zM5 11h14M7.5 17v2.2M16.5 17v2.2",
	train: "M7 4h10a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2ZM5 11h14M12 4v7M8 17l-2 3M16 17l2 3",
	boat: "M4 14h16l-2.5 5h-11zM12 14V4l6 7h-6M3 21c2 0 2-1 4.5-1s2.5 1 4.5 1 2-1 4.5-1 2.5 1 4.5 1"
}, df = class extends of {
	static properties = { departures: { attribute: !1 } };
	#e = new wd(this);
	render() {
		if (!this.departures) return h;
		let e = this.#e.now, { lines: t, stop: n, walkMinutes: r } = this.departures;
		return m`
      <h2>${n}<small>${r} min on foot</small></h2>
      <ol class="departures">
        ${t.map((t) => {
			let [n, i] = cf(e, t, r, 2);
			return n === void 0 ? h : m`
            <li class="departure departure-${t.kind}">
              <svg viewBox="0 0 24 24" aria-hidden="true">${je`<path d=${uf[t.kind]} />`}</svg>
              <b>${t.line}</b>
              <span class="departure-to">${t.to}</span>
              <span class="departure-next">${lf(e, n)}${n < 60 ? m`<small>min</small>` : h}</span>
              <span class="departure-after">${i === void 0 ? "" : lf(e, i)}</span>
            </li>
          `;
		})}
      </ol>
    `;
	}
};
customElements.define("lobby-departures", df);
async function ff() {
	return m`<lobby-departures class="card" .departures=${await af()}></lobby-departures>`;
}
// examples/lobby/src/clock.ts
var pf = class extends of {
	#e = new wd(this);
	render() {
		let e = this.#e.now, t = String(e.hour).padStart(2, "0"), n = String(e.minute).padStart(2, "0");
		return m`
      <time class="clock-time" datetime="${t}:${n}">${t}<span class="clock-colon">:</span>${n}</time>
      <p class="clock-date">${e.toLocaleString("en-GB", {
			weekday: "long",
			day: "numeric",
			month: "long"
		}).replace(",", "")}</p>
    `;
	}
};
customElements.define("lobby-clock", pf);
// examples/lobby/src/events-card.ts
var mf = 60;
function hf(e, t) {
	let n = Td(e, t.from);
	return n <= 0 ? {
		kind: "now",
		text: `until ${t.until}`
	} : n <= mf ? {
		kind: "soon",
		text: `in ${n} min`
	} : {
		kind: "later",
		text: ""
	};
}
var gf = class extends of {
	static properties = { events: { attribute: !1 } };
	#e = new wd(this);
	render() {
		if (!this.events) return h;
		let e = this.#e.now, t = this.events.filter((t) => Td(e, t.until) > 0), n = t.length > 0;
		return m`
      <h2>${n ? "Today in the house" : "Tomorrow in the house"}</h2>
      <ol class="events">
        ${(n ? t : this.events).map((t) => {
			let { kind: r, text: i } = n ? hf(e, t) : {
				kind: "later",
				text: ""
			};
			return m`
            <li class="event event-${r}">
              <span class="event-time">${t.from}</span>
              <span class="event-words">
                <b>${t.title}</b>
                <span>${t.room}<span class="dot"></span>${t.floor}</span>
              </span>
              <span class="event-state">${i}</span>
            </li>
          `;
		})}
      </ol>
    `;
	}
};
customElements.define("lobby-events", gf);
// node_modules/lit-html/directive.js
var _f = (e) => (...t) => ({
	_$litDirective$: e,
	values: t
}), vf = class {
	constructor(e) {}
	get _$AU() {
		return this._$AM._$AU;
	}
	_$AT(e, t, n) {
		this._$Ct = e, this._$AM = t, this._$Ci = n;
	}
	_$AS(e, t) {
		return this.update(e, t);
	}
	update(e, t) {
		return this.render(...t);
	}
}, { I: yf } = Ke, bf = {}, xf = (e, t = bf) => e._$AH = t, Sf = _f(class extends vf {
	constructor() {
		super(...arguments), this.key = h;
	}
	render(e, t) {
		return this.key = e, t;
	}
	update(e, [t, n]) {
		return t !== this.key && (xf(e), this.key = t), n;
	}
}), Cf = 9e3, wf = class extends of {
	static properties = {
		items: { attribute: !1 },
		index: { state: !0 }
	};
	#e;
	constructor() {
		super(), this.index = 0;
	}
	connectedCallback() {
		super.connectedCallback(), this.#e = setInterval(() => {
			this.index += 1;
		}, Cf);
	}
	disconnectedCallback() {
		super.disconnectedCallback(), clearInterval(this.#e);
	}
	render() {
		if (!this.items) return h;
		let e = this.items.length, t = this.index > 0 ? this.items[(this.index - 1) % e] : void 0;
		return m`
      <span class="news-label">House news</span>
      <span class="news-window">
        ${Sf(this.index, m`${t ? m`<span class="news-line news-out">${t}</span>` : h}
            <span class="news-line ${t ? "news-in" : ""}">${this.items[this.index % e]}</span>`)}
      </span>
    `;
	}
};
customElements.define("lobby-news", wf);
// examples/lobby/src/sky-icons.ts
var Tf = "M17 37h19a8.5 8.5 0 0 0 1.2-16.9A12 12 0 0 0 14.6 22 7.6 7.6 0 0 0 17 37Z", Ef = (e, t, n, r) => [
	0,
	45,
	90,
	135,
	180,
	225,
	270,
	315
].map((i) => je`<path d="M${e} ${t - n}V${t - r}" transform="rotate(${i} ${e} ${t})" class="sky-gold" />`), Df = {
	sun: je`<circle cx="24" cy="24" r="8.5" class="sky-gold sky-fill" />${Ef(24, 24, 13, 18)}`,
	"part-sun": je`<circle cx="31" cy="16" r="6.5" class="sky-gold sky-fill" />${Ef(31, 16, 10, 13.5)}
    <path d=${Tf} class="sky-cover" transform="translate(-2 3)" />`,
	cloud: je`<path d="M30 14.5a9 9 0 0 1 12 8.4 7 7 0 0 1-3 5.7" /><path d=${Tf} transform="translate(-2 2)" />`,
	mist: je`<path d="M8 17h24M38 17h3M6 24h5M17 24h25M9 31h22M37 31h5M15 38h18" />`,
	rain: je`<path d=${Tf} transform="translate(-1 -6)" /><path d="m17 36-2 6M25 36l-2 6M33 36l-2 6" class="sky-blue" />`,
	"clear-night": je`<path d="M35 29.5A14.5 14.5 0 0 1 20.6 10 14.8 14.8 0 1 0 35 29.5Z" class="sky-gold sky-fill" />
    <path d="M33 11v5M30.5 13.5h5M40 20v3.4M38.3 21.7h3.4" class="sky-gold" />`
}, Of = (e) => je`<svg class="sky" viewBox="0 0 48 48" aria-hidden="true">${Df[e]}</svg>`, kf = class extends of {
	static properties = { weather: { attribute: !1 } };
	#e = new wd(this);
	render() {
		if (!this.weather) return h;
		let e = this.#e.now, t = this.weather.hours.filter((t) => t.hour <= e.hour).at(-1) ?? this.weather.hours[0];
		return t ? m`
      <div class="weather-now">
        ${Of(t.sky)}
        <p class="weather-degrees">${t.temperature}°</p>
        <div class="weather-words">
          <p class="weather-summary">${this.weather.summary}</p>
          <p class="weather-sun">Sunrise ${this.weather.sunrise}<span class="dot"></span>Sunset ${this.weather.sunset}</p>
        </div>
      </div>
      <ul class="weather-outlook">
        ${this.weather.outlook.map((t, n) => m`<li><b>${e.add({ days: n + 1 }).toLocaleString("en-GB", { weekday: "short" })}</b>${Of(t.sky)}<span>${t.high}°<i>${t.low}°</i></span></li>`)}
      </ul>
    ` : h;
	}
};
customElements.define("lobby-weather", kf);
// examples/lobby/src/slides.ts
var Af = [
	{
		from: "scale(1.03)",
		to: "scale(1.13) translate(-1.6%, 1.2%)"
	},
	{
		from: "scale(1.13) translate(1.6%, -0.8%)",
		to: "scale(1.04)"
	},
	{
		from: "scale(1.09) translate(-2.2%, 0)",
		to: "scale(1.09) translate(2.2%, 0.6%)"
	},
	{
		from: "scale(1.04)",
		to: "scale(1.14) translate(1.2%, 1.4%)"
	}
], jf = 2600, Mf = class {
	#e;
	#t;
	#n;
	#r;
	#i = 0;
	constructor(e, t, n) {
		this.#e = e, this.#t = t.slides, this.#n = t.slideSeconds * 1e3, this.#r = n;
	}
	async start() {
		await this.#o(0), this.#a(1);
	}
	#a(e) {
		setTimeout(() => {
			let t = e % this.#t.length;
			this.#o(t).then(() => this.#a(t + 1), () => this.#a(t + 1));
		}, this.#n);
	}
	async #o(e) {
		let t = this.#t[e], n = Af[this.#i % Af.length];
		if (!t || !n) return;
		let r = new Image();
		r.alt = "", r.src = t.picture, r.className = "slide", t.focus !== void 0 && r.style.setProperty("--focus", `${t.focus}%`), r.style.setProperty("--from", n.from), r.style.setProperty("--to", n.to), r.style.setProperty("--move-time", `${this.#n + jf * 2}ms`), await r.decode();
		let i = [...this.#e.children];
		i.length === 0 && r.classList.add("slide-first"), this.#e.append(r), this.#i += 1, this.#r(e), setTimeout(() => {
			for (let e of i) e.remove();
		}, 2700);
	}
}, Nf = je`<svg class="brand-leaf" viewBox="0 0 48 48" aria-hidden="true">
  <path d="M24 4c11 8 15 17 12 26-2 6-7 9-12 9s-10-3-12-9C9 21 13 12 24 4Z" />
  <path d="M24 45V13M24 33l8.5-7M24 33l-8.5-7M24 25l7-6M24 25l-7-6" />
</svg>`, Pf = () => new Promise((e) => {
	requestAnimationFrame(() => requestAnimationFrame(() => e())), setTimeout(e, 600);
});
function Ff() {
	(window.frameElement?.larder)?.ready();
}
function If(e, t) {
	let n = e.slides[t], r = e.greetings[t % e.greetings.length], i = document.querySelector(".words");
	if (!n || !r || !i) return;
	let a = m`
    <p class="greeting" lang=${r.lang}>${r.text}</p>
    <p class="caption"><b>${n.title}</b><span>${n.text}</span></p>
  `, o = document.createElement("div");
	o.className = "words-block", Je(a, o), i.replaceChildren(o);
	for (let [e, n] of [...document.querySelectorAll(".marks i")].entries()) n.classList.toggle("mark-on", e === t);
}
async function Lf(e, t) {
	let [n, r, i, a, ...o] = await Promise.all([
		ef(),
		tf(),
		nf(),
		rf(),
		...t.map((e) => e())
	]);
	Je(m`
      <div class="stage"></div>
      <div class="scrim"></div>
      <main class="lobby" style="--slide-time: ${n.slideSeconds}s">
        <header class="brand">${Nf}<p><b>${n.name}</b><span>${n.place}</span></p></header>
        <section class="words"></section>
        <lobby-clock></lobby-clock>
        <aside class="panel ${o.length > 0 ? "panel-full" : ""}">
          <lobby-weather class="card" .weather=${i}></lobby-weather>
          <lobby-events class="card" .events=${r.events}></lobby-events>
          ${o}
        </aside>
        <footer>
          <lobby-news .items=${a.items}></lobby-news>
          <span class="marks">${n.slides.map(() => m`<i></i>`)}</span>
          <span class="version">${e}</span>
        </footer>
      </main>
    `, document.body);
	let s = document.querySelector(".stage");
	if (!s) throw Error("The page has no place for the pictures.");
	await new Mf(s, n, (e) => If(n, e)).start();
}
async function Rf(e, t = []) {
	try {
		await Lf(e, t), await document.fonts.ready, await Pf();
	} catch (e) {
		throw Je(m`<p class="failure">This screen could not start. ${e instanceof Error ? e.message : String(e)}</p>`, document.body), e;
	}
	document.title = `Lobby ${e}`, document.documentElement.dataset.version = e, document.documentElement.classList.add("is-ready"), Ff();
}
// examples/lobby/src/v2.ts
await Rf("1.1.0", [ff]);
