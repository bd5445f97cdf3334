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
})(e) : e, { is: c, defineProperty: l, getOwnPropertyDescriptor: u, getOwnPropertyNames: d, getOwnPropertySymbols: f, getPrototypeOf: p } = Object, m = globalThis, ee = m.trustedTypes, te = ee ? ee.emptyScript : "", ne = m.reactiveElementPolyfillSupport, re = (e, t) => e, ie = {
	toAttribute(e, t) {
		switch (t) {
			case Boolean:
				e = e ? te : null;
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
}, ae = (e, t) => !c(e, t), oe = {
	attribute: !0,
	type: String,
	converter: ie,
	reflect: !1,
	useDefault: !1,
	hasChanged: ae
};
Symbol.metadata ??= Symbol("metadata"), m.litPropertyMetadata ??= /* @__PURE__ */ new WeakMap();
var se = class extends HTMLElement {
	static addInitializer(e) {
		this._$Ei(), (this.l ??= []).push(e);
	}
	static get observedAttributes() {
		return this.finalize(), this._$Eh && [...this._$Eh.keys()];
	}
	static createProperty(e, t = oe) {
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
		return this.elementProperties.get(e) ?? oe;
	}
	static _$Ei() {
		if (this.hasOwnProperty(re("elementProperties"))) return;
		let e = p(this);
		e.finalize(), e.l !== void 0 && (this.l = [...e.l]), this.elementProperties = new Map(e.elementProperties);
	}
	static finalize() {
		if (this.hasOwnProperty(re("finalized"))) return;
		if (this.finalized = !0, this._$Ei(), this.hasOwnProperty(re("properties"))) {
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
			let i = (n.converter?.toAttribute === void 0 ? ie : n.converter).toAttribute(t, n.type);
			this._$Em = e, i == null ? this.removeAttribute(r) : this.setAttribute(r, i), this._$Em = null;
		}
	}
	_$AK(e, t) {
		let n = this.constructor, r = n._$Eh.get(e);
		if (r !== void 0 && this._$Em !== r) {
			let e = n.getPropertyOptions(r), i = typeof e.converter == "function" ? { fromAttribute: e.converter } : e.converter?.fromAttribute === void 0 ? ie : e.converter;
			this._$Em = r;
			let a = i.fromAttribute(t, e.type);
			this[r] = a ?? this._$Ej?.get(r) ?? a, this._$Em = null;
		}
	}
	requestUpdate(e, t, n, r = !1, i) {
		if (e !== void 0) {
			let a = this.constructor;
			if (!1 === r && (i = this[e]), n ??= a.getPropertyOptions(e), !((n.hasChanged ?? ae)(i, t) || n.useDefault && n.reflect && i === this._$Ej?.get(e) && !this.hasAttribute(a._$Eu(e, n)))) return;
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
se.elementStyles = [], se.shadowRootOptions = { mode: "open" }, se[re("elementProperties")] = /* @__PURE__ */ new Map(), se[re("finalized")] = /* @__PURE__ */ new Map(), ne?.({ ReactiveElement: se }), (m.reactiveElementVersions ??= []).push("2.1.2");
// node_modules/lit-html/lit-html.js
var ce = globalThis, le = (e) => e, ue = ce.trustedTypes, de = ue ? ue.createPolicy("lit-html", { createHTML: (e) => e }) : void 0, fe = "$lit$", pe = `lit$${Math.random().toFixed(9).slice(2)}$`, me = "?" + pe, he = `<${me}>`, ge = document, _e = () => ge.createComment(""), ve = (e) => e === null || typeof e != "object" && typeof e != "function", ye = Array.isArray, be = (e) => ye(e) || typeof e?.[Symbol.iterator] == "function", xe = "[ 	\n\f\r]", Se = /<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g, Ce = /-->/g, we = />/g, Te = RegExp(`>|${xe}(?:([^\\s"'>=/]+)(${xe}*=${xe}*(?:[^ \t\n\f\r"'\`<>=]|("|')|))|$)`, "g"), Ee = /'/g, De = /"/g, Oe = /^(?:script|style|textarea|title)$/i, ke = (e) => (t, ...n) => ({
	_$litType$: e,
	strings: t,
	values: n
}), h = ke(1), Ae = ke(2), je = Symbol.for("lit-noChange"), g = Symbol.for("lit-nothing"), Me = /* @__PURE__ */ new WeakMap(), Ne = ge.createTreeWalker(ge, 129);
function Pe(e, t) {
	if (!ye(e) || !e.hasOwnProperty("raw")) throw Error("invalid template strings array");
	return de === void 0 ? t : de.createHTML(t);
}
var Fe = (e, t) => {
	let n = e.length - 1, r = [], i, a = t === 2 ? "<svg>" : t === 3 ? "<math>" : "", o = Se;
	for (let t = 0; t < n; t++) {
		let n = e[t], s, c, l = -1, u = 0;
		for (; u < n.length && (o.lastIndex = u, c = o.exec(n), c !== null);) u = o.lastIndex, o === Se ? c[1] === "!--" ? o = Ce : c[1] === void 0 ? c[2] === void 0 ? c[3] !== void 0 && (o = Te) : (Oe.test(c[2]) && (i = RegExp("</" + c[2], "g")), o = Te) : o = we : o === Te ? c[0] === ">" ? (o = i ?? Se, l = -1) : c[1] === void 0 ? l = -2 : (l = o.lastIndex - c[2].length, s = c[1], o = c[3] === void 0 ? Te : c[3] === "\"" ? De : Ee) : o === De || o === Ee ? o = Te : o === Ce || o === we ? o = Se : (o = Te, i = void 0);
		let d = o === Te && e[t + 1].startsWith("/>") ? " " : "";
		a += o === Se ? n + he : l >= 0 ? (r.push(s), n.slice(0, l) + fe + n.slice(l) + pe + d) : n + pe + (l === -2 ? t : d);
	}
	return [Pe(e, a + (e[n] || "<?>") + (t === 2 ? "</svg>" : t === 3 ? "</math>" : "")), r];
}, Ie = class e {
	constructor({ strings: t, _$litType$: n }, r) {
		let i;
		this.parts = [];
		let a = 0, o = 0, s = t.length - 1, c = this.parts, [l, u] = Fe(t, n);
		if (this.el = e.createElement(l, r), Ne.currentNode = this.el.content, n === 2 || n === 3) {
			let e = this.el.content.firstChild;
			e.replaceWith(...e.childNodes);
		}
		for (; (i = Ne.nextNode()) !== null && c.length < s;) {
			if (i.nodeType === 1) {
				if (i.hasAttributes()) for (let e of i.getAttributeNames()) if (e.endsWith(fe)) {
					let t = u[o++], n = i.getAttribute(e).split(pe), r = /([.?@])?(.*)/.exec(t);
					c.push({
						type: 1,
						index: a,
						name: r[2],
						strings: n,
						ctor: r[1] === "." ? Ve : r[1] === "?" ? He : r[1] === "@" ? Ue : Be
					}), i.removeAttribute(e);
				} else e.startsWith(pe) && (c.push({
					type: 6,
					index: a
				}), i.removeAttribute(e));
				if (Oe.test(i.tagName)) {
					let e = i.textContent.split(pe), t = e.length - 1;
					if (t > 0) {
						i.textContent = ue ? ue.emptyScript : "";
						for (let n = 0; n < t; n++) i.append(e[n], _e()), Ne.nextNode(), c.push({
							type: 2,
							index: ++a
						});
						i.append(e[t], _e());
					}
				}
			} else if (i.nodeType === 8) {
				if (i.data === me) c.push({
					type: 2,
					index: a
				});
				else {
					let e = -1;
					for (; (e = i.data.indexOf(pe, e + 1)) !== -1;) c.push({
						type: 7,
						index: a
					}), e += pe.length - 1;
				}
			}
			a++;
		}
	}
	static createElement(e, t) {
		let n = ge.createElement("template");
		return n.innerHTML = e, n;
	}
};
function Le(e, t, n = e, r) {
	if (t === je) return t;
	let i = r === void 0 ? n._$Cl : n._$Co?.[r], a = ve(t) ? void 0 : t._$litDirective$;
	return i?.constructor !== a && (i?._$AO?.(!1), a === void 0 ? i = void 0 : (i = new a(e), i._$AT(e, n, r)), r === void 0 ? n._$Cl = i : (n._$Co ??= [])[r] = i), i !== void 0 && (t = Le(e, i._$AS(e, t.values), i, r)), t;
}
var Re = class {
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
		let { el: { content: t }, parts: n } = this._$AD, r = (e?.creationScope ?? ge).importNode(t, !0);
		Ne.currentNode = r;
		let i = Ne.nextNode(), a = 0, o = 0, s = n[0];
		for (; s !== void 0;) {
			if (a === s.index) {
				let t;
				s.type === 2 ? t = new ze(i, i.nextSibling, this, e) : s.type === 1 ? t = new s.ctor(i, s.name, s.strings, this, e) : s.type === 6 && (t = new We(i, this, e)), this._$AV.push(t), s = n[++o];
			}
			a !== s?.index && (i = Ne.nextNode(), a++);
		}
		return Ne.currentNode = ge, r;
	}
	p(e) {
		let t = 0;
		for (let n of this._$AV) n !== void 0 && (n.strings === void 0 ? n._$AI(e[t]) : (n._$AI(e, n, t), t += n.strings.length - 2)), t++;
	}
}, ze = class e {
	get _$AU() {
		return this._$AM?._$AU ?? this._$Cv;
	}
	constructor(e, t, n, r) {
		this.type = 2, this._$AH = g, this._$AN = void 0, this._$AA = e, this._$AB = t, this._$AM = n, this.options = r, this._$Cv = r?.isConnected ?? !0;
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
		e = Le(this, e, t), ve(e) ? e === g || e == null || e === "" ? (this._$AH !== g && this._$AR(), this._$AH = g) : e !== this._$AH && e !== je && this._(e) : e._$litType$ === void 0 ? e.nodeType === void 0 ? be(e) ? this.k(e) : this._(e) : this.T(e) : this.$(e);
	}
	O(e) {
		return this._$AA.parentNode.insertBefore(e, this._$AB);
	}
	T(e) {
		this._$AH !== e && (this._$AR(), this._$AH = this.O(e));
	}
	_(e) {
		this._$AH !== g && ve(this._$AH) ? this._$AA.nextSibling.data = e : this.T(ge.createTextNode(e)), this._$AH = e;
	}
	$(e) {
		let { values: t, _$litType$: n } = e, r = typeof n == "number" ? this._$AC(e) : (n.el === void 0 && (n.el = Ie.createElement(Pe(n.h, n.h[0]), this.options)), n);
		if (this._$AH?._$AD === r) this._$AH.p(t);
		else {
			let e = new Re(r, this), n = e.u(this.options);
			e.p(t), this.T(n), this._$AH = e;
		}
	}
	_$AC(e) {
		let t = Me.get(e.strings);
		return t === void 0 && Me.set(e.strings, t = new Ie(e)), t;
	}
	k(t) {
		ye(this._$AH) || (this._$AH = [], this._$AR());
		let n = this._$AH, r, i = 0;
		for (let a of t) i === n.length ? n.push(r = new e(this.O(_e()), this.O(_e()), this, this.options)) : r = n[i], r._$AI(a), i++;
		i < n.length && (this._$AR(r && r._$AB.nextSibling, i), n.length = i);
	}
	_$AR(e = this._$AA.nextSibling, t) {
		for (this._$AP?.(!1, !0, t); e !== this._$AB;) {
			let t = le(e).nextSibling;
			le(e).remove(), e = t;
		}
	}
	setConnected(e) {
		this._$AM === void 0 && (this._$Cv = e, this._$AP?.(e));
	}
}, Be = class {
	get tagName() {
		return this.element.tagName;
	}
	get _$AU() {
		return this._$AM._$AU;
	}
	constructor(e, t, n, r, i) {
		this.type = 1, this._$AH = g, this._$AN = void 0, this.element = e, this.name = t, this._$AM = r, this.options = i, n.length > 2 || n[0] !== "" || n[1] !== "" ? (this._$AH = Array(n.length - 1).fill(/* @__PURE__ */ new String()), this.strings = n) : this._$AH = g;
	}
	_$AI(e, t = this, n, r) {
		let i = this.strings, a = !1;
		if (i === void 0) e = Le(this, e, t, 0), a = !ve(e) || e !== this._$AH && e !== je, a && (this._$AH = e);
		else {
			let r = e, o, s;
			for (e = i[0], o = 0; o < i.length - 1; o++) s = Le(this, r[n + o], t, o), s === je && (s = this._$AH[o]), a ||= !ve(s) || s !== this._$AH[o], s === g ? e = g : e !== g && (e += (s ?? "") + i[o + 1]), this._$AH[o] = s;
		}
		a && !r && this.j(e);
	}
	j(e) {
		e === g ? this.element.removeAttribute(this.name) : this.element.setAttribute(this.name, e ?? "");
	}
}, Ve = class extends Be {
	constructor() {
		super(...arguments), this.type = 3;
	}
	j(e) {
		this.element[this.name] = e === g ? void 0 : e;
	}
}, He = class extends Be {
	constructor() {
		super(...arguments), this.type = 4;
	}
	j(e) {
		this.element.toggleAttribute(this.name, !!e && e !== g);
	}
}, Ue = class extends Be {
	constructor(e, t, n, r, i) {
		super(e, t, n, r, i), this.type = 5;
	}
	_$AI(e, t = this) {
		if ((e = Le(this, e, t, 0) ?? g) === je) return;
		let n = this._$AH, r = e === g && n !== g || e.capture !== n.capture || e.once !== n.once || e.passive !== n.passive, i = e !== g && (n === g || r);
		r && this.element.removeEventListener(this.name, this, n), i && this.element.addEventListener(this.name, this, e), this._$AH = e;
	}
	handleEvent(e) {
		typeof this._$AH == "function" ? this._$AH.call(this.options?.host ?? this.element, e) : this._$AH.handleEvent(e);
	}
}, We = class {
	constructor(e, t, n) {
		this.element = e, this.type = 6, this._$AN = void 0, this._$AM = t, this.options = n;
	}
	get _$AU() {
		return this._$AM._$AU;
	}
	_$AI(e) {
		Le(this, e);
	}
}, Ge = {
	M: fe,
	P: pe,
	A: me,
	C: 1,
	L: Fe,
	R: Re,
	D: be,
	V: Le,
	I: ze,
	H: Be,
	N: He,
	U: Ue,
	B: Ve,
	F: We
}, Ke = ce.litHtmlPolyfillSupport;
Ke?.(Ie, ze), (ce.litHtmlVersions ??= []).push("3.3.3");
var qe = (e, t, n) => {
	let r = n?.renderBefore ?? t, i = r._$litPart$;
	if (i === void 0) {
		let e = n?.renderBefore ?? null;
		r._$litPart$ = i = new ze(t.insertBefore(_e(), e), e, void 0, n ?? {});
	}
	return i._$AI(e), i;
}, Je = globalThis, Ye = class extends se {
	constructor() {
		super(...arguments), this.renderOptions = { host: this }, this._$Do = void 0;
	}
	createRenderRoot() {
		let e = super.createRenderRoot();
		return this.renderOptions.renderBefore ??= e.firstChild, e;
	}
	update(e) {
		let t = this.render();
		this.hasUpdated || (this.renderOptions.isConnected = this.isConnected), super.update(e), this._$Do = qe(t, this.renderRoot, this.renderOptions);
	}
	connectedCallback() {
		super.connectedCallback(), this._$Do?.setConnected(!0);
	}
	disconnectedCallback() {
		super.disconnectedCallback(), this._$Do?.setConnected(!1);
	}
	render() {
		return je;
	}
};
Ye._$litElement$ = !0, Ye.finalized = !0, Je.litElementHydrateSupport?.({ LitElement: Ye });
var Xe = Je.litElementPolyfillSupport;
Xe?.({ LitElement: Ye }), (Je.litElementVersions ??= []).push("4.2.2");
// node_modules/temporal-polyfill/chunks/root.js
var Ze = globalThis.Temporal, Qe = (e, t) => `Non-positive ${e}: ${t}`, $e = (e, t) => `Non-finite ${e}: ${t}`, et = (e) => `Cannot convert bigint to ${e}`, tt = "Invalid object", nt = (e, t, n, r) => rt(e, t) + `; must be between ${n}-${r}`, rt = (e, t) => `Invalid ${e}: ${t}`, it = 1e3, at = 1e6, ot = 1e9, st = 6e10, ct = 36e11;
function lt(e) {
	return e === void 0 ? Object.create(null) : ht(e);
}
function ut(e, t = "number") {
	if (typeof e == "bigint") throw TypeError(et(t));
	if (e = Number(e), !Number.isFinite(e)) throw RangeError($e(t, e));
	return e;
}
function _(e, t) {
	return Math.trunc(ut(e, t)) || 0;
}
function dt(e, t) {
	return ft(_(e, t), t);
}
function ft(e, t = "number") {
	if (e <= 0) throw RangeError(Qe(t, e));
	return e;
}
function pt(e, t, n) {
	return Math.min(Math.max(e, t), n);
}
function mt(e) {
	return e !== null && (typeof e == "object" || typeof e == "function");
}
function ht(e) {
	if (!mt(e)) throw TypeError(tt);
	return e;
}
// node_modules/temporal-polyfill/chunks/internal.js
var gt = rt, _t = (e) => `Missing ${e}`, vt = (e, t, n) => rt(e, t) + "; must be " + Object.keys(n).join(), yt = "Cannot use valueOf", bt = "Invalid calling context", xt = (e) => "Missing year" + (e ? "/era/eraYear" : ""), St = "Invalid leap month", Ct = (e) => rt("Calendar", e), wt = (e, t) => `Unknown calendar ${e}; might need ${t}`, Tt = (e) => rt("TimeZone", e), Et = (e) => `Cannot parse: ${e}`, Dt = pt, v = mt;
function y(e) {
	throw RangeError(e);
}
function b(e) {
	throw TypeError(e);
}
function Ot(e, t, n, r, i) {
	return x(t, ((e, t) => {
		let n = e[t];
		return n === void 0 && b(_t(t)), n;
	})(e, t), n, r, i);
}
function x(e, t, n, r, i, a) {
	let o = Dt(t, n, r);
	return i && t !== o && y(((e, t, n, r, i) => i ? nt(e, i[t], i[n], i[r]) : nt(e, t, n, r))(e, t, n, r, a)), o;
}
function kt(e, t = Map, n = 1e4) {
	let r = new t();
	return (t, ...i) => {
		if (r.has(t)) return r.get(t);
		r.size >= n && r.clear();
		let a = e(t, ...i);
		return r.set(t, a), a;
	};
}
var At = (e) => jt({ name: e }, 1), jt = (e, t) => Nt((e) => ({
	value: e,
	configurable: 1,
	writable: !t
}), e), Mt = (e) => ({ [Symbol.toStringTag]: {
	value: e,
	configurable: 1
} });
function Nt(e, t) {
	let n = {};
	for (let r in t) n[r] = e(t[r], r);
	return n;
}
function Pt(e, t) {
	let n = {};
	for (let r of e) n[r] = t;
	return n;
}
function Ft(e) {
	let t = {};
	for (let n of e) t[n] = (e) => e[n];
	return t;
}
function It(e, t, n = Object.create(null)) {
	for (let r of e) n[r] = t[r];
	return n;
}
function Lt(e, t, n) {
	for (let r of e) if (t[r] !== n[r]) return 0;
	return 1;
}
function Rt(e, t, n) {
	let r = { ...n };
	for (let n = 0; n < t; n++) r[e[n]] = 0;
	return r;
}
function S(e, ...t) {
	return (...n) => e(...t, ...n);
}
function zt() {}
function Bt(e) {
	return e[0].toUpperCase() + e.substring(1);
}
function C(...e) {
	return [].concat(...e).sort();
}
function Vt(e) {
	return RegExp(`^${e}$`);
}
function Ht(e) {
	return parseInt(e.padEnd(9, "0"));
}
function w(e) {
	return e === void 0 ? 0 : parseInt(e);
}
function Ut(e, t) {
	return String(t).padStart(e, "0");
}
var Wt = /*@__PURE__*/ S(Ut, 2);
function Gt(e, t) {
	return Math.sign(e - t);
}
function T(e, t) {
	return e < t ? -1 : +(e > t);
}
function Kt(e, t) {
	let n = e / t;
	return e % t < 0n ? n - 1n : n;
}
function qt(e, t) {
	let n = Kt(e, t);
	return [n, e - n * t];
}
function Jt(e, t) {
	return [Math.floor(e / t), Yt(e, t)];
}
function Yt(e, t) {
	return (e % t + t) % t;
}
function Xt(e, t) {
	return Math.trunc(e / t) || 0;
}
function Zt(e, t) {
	return e % t || 0;
}
function Qt(e, t = 1) {
	return t * (.5 + e / 5);
}
function $t(e) {
	return Math.abs(e % 1) === .5;
}
var en = "iso8601", tn = {
	bce: -1,
	ce: 0
};
function nn(e) {
	let t = e.normalize("NFD").toLowerCase().replace(/[^a-z0-9]/g, "");
	return t === "bc" || t === "b" ? "bce" : t === "ad" || t === "a" ? "ce" : t;
}
function rn(e) {
	return e === void 0 ? "iso8601" : e === 0 ? "gregory" : e.id;
}
var an = /^M(\d{2})(L?)$/;
function on(e) {
	let t = an.exec(e);
	return t || y(((e) => `Invalid monthCode: ${e}`)(e)), [parseInt(t[1]), !!t[2]];
}
function sn(e, t) {
	return "M" + Wt(e) + (t ? "L" : "");
}
function cn(e, t, n) {
	return e + (t || n && e >= n ? 1 : 0);
}
var ln = {
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
}, un = /*@__PURE__*/ Object.keys(ln), dn = it, fn = at, pn = ot, mn = st, hn = ct, gn = 864e11, _n = [
	1,
	dn,
	fn,
	pn,
	mn,
	hn,
	gn
], vn = /*@__PURE__*/ BigInt(dn), yn = /*@__PURE__*/ BigInt(fn), bn = /*@__PURE__*/ BigInt(pn), xn = /*@__PURE__*/ BigInt(mn), Sn = /*@__PURE__*/ BigInt(hn), E = /*@__PURE__*/ BigInt(gn);
function Cn(e, t) {
	let n = Number(e / E), r = Number(e % E);
	return gn / t * n + (Math.trunc(r / t) + r % t / t);
}
var D = /*@__PURE__*/ un.slice(0, 6), wn = /*@__PURE__*/ Ft(D), Tn = ["year"], En = ["day"], Dn = [
	"day",
	"month",
	"year"
], On = ["offset"], kn = ["timeZone"], An = ["era", "eraYear"], jn = [
	"era",
	"eraYear",
	"year"
], Mn = ["month", "monthCode"], Nn = [
	"day",
	"month",
	"monthCode"
], Pn = /*@__PURE__*/ C(D), Fn = /*@__PURE__*/ C(An, Tn), In = /*@__PURE__*/ C(Mn, Tn), Ln = /*@__PURE__*/ C(An, In), Rn = /*@__PURE__*/ C(["monthCode"], Tn), zn = /*@__PURE__*/ C(An, Rn), Bn = /*@__PURE__*/ C(En, ["monthCode"]), Vn = /*@__PURE__*/ C(En, In), Hn = /*@__PURE__*/ C(En, An, In), Un = /*@__PURE__*/ C(Vn, D), Wn = /*@__PURE__*/ C(Hn, D), Gn = /*@__PURE__*/ C(Vn, D, On), Kn = /*@__PURE__*/ C(Hn, D, On), qn = /*@__PURE__*/ C(Vn, D, On, kn), Jn = /*@__PURE__*/ C(Hn, D, On, kn), Yn = /*@__PURE__*/ C(En, Rn), Xn = /*@__PURE__*/ C(En, An, Rn), Zn = /*@__PURE__*/ Pt(D, 0);
function Qn(e) {
	return er(e, 1), e;
}
var $n = {
	hour: 23,
	minute: 59,
	second: 59
};
function er(e, t) {
	let n = {};
	for (let r of D) n[r] = x(r, e[r], 0, $n[r] || 999, t);
	return n;
}
function O(e) {
	return nr(e) * pn + rr(e);
}
function tr(e) {
	return 1e3 * nr(e) + e.millisecond;
}
function nr(e) {
	return 3600 * e.hour + 60 * e.minute + e.second;
}
function rr(e) {
	return e.millisecond * fn + e.microsecond * dn + e.nanosecond;
}
function ir(e) {
	let [t, n] = Jt(e, gn);
	return [ar(n), t];
}
function ar(e) {
	let [t, n] = Jt(e, fn), [r, i] = Jt(n, dn);
	return or(t, r, i);
}
function or(e, t = 0, n = 0) {
	let [r, i] = Jt(e, 36e5), [a, o] = Jt(i, 6e4), [s, c] = Jt(o, 1e3);
	return {
		hour: r,
		minute: a,
		second: s,
		millisecond: c,
		microsecond: t,
		nanosecond: n
	};
}
function sr(e) {
	let [t, n] = qt(e, bn);
	return [Number(t), Number(n)];
}
function cr(e) {
	return Number(Kt(e, yn));
}
function k(e) {
	return ur(e) + BigInt(O(e));
}
function lr(e) {
	return dr(e) + tr(e);
}
function ur(e) {
	return BigInt(fr(e)) * E;
}
function dr(e) {
	return 864e5 * fr(e);
}
function fr(e) {
	return pr(e.year, e.month, e.day);
}
function pr(e, t = 1, n = 1) {
	let r = t - 1;
	return e += Math.floor(r / 12), t = Yt(r, 12), Date.UTC(e % 400 - 400, t, 0) / 864e5 + 146097 * (Xt(e, 400) + 1) + n;
}
function mr(e) {
	let [t, n] = qt(e, E);
	return {
		...hr(Number(t)),
		...ar(Number(n))
	};
}
function hr(e) {
	let t = /* @__PURE__ */ new Date(864e5 * Yt(e, 146097));
	return {
		year: t.getUTCFullYear() + 400 * Math.floor(e / 146097),
		month: t.getUTCMonth() + 1,
		day: t.getUTCDate()
	};
}
function gr(e) {
	return [e, 0];
}
function _r(e, t) {
	if (!t) return {
		year: 1972,
		month: e
	};
}
function vr(e, t, n) {
	return {
		year: e,
		month: t,
		day: n
	};
}
function yr(e, t) {
	switch (t) {
		case 2: return xr(e) ? 29 : 28;
		case 4:
		case 6:
		case 9:
		case 11: return 30;
	}
	return 31;
}
function br(e) {
	return xr(e) ? 366 : 365;
}
function xr(e) {
	return e % 4 == 0 && (e % 100 != 0 || e % 400 == 0);
}
function Sr(e, t, n) {
	return e += Xt(n, 12), (t += Zt(n, 12)) < 1 ? (e--, t += 12) : t > 12 && (e++, t -= 12), {
		year: e,
		month: t
	};
}
function Cr(e, t, n, r) {
	return 12 * (n - e) + r - t;
}
function wr(e) {
	return Yt(pr(e.year, e.month, e.day) + 4, 7) || 7;
}
function Tr(e) {
	return pr(e.year, e.month, e.day) - pr(e.year) + 1;
}
function Er(e) {
	let t = e.year, n = Math.floor((Tr(e) - wr(e) + 10) / 7), r = Dr(t);
	return n < 1 ? n = r = Dr(--t) : n > r && (n = 1, r = Dr(++t)), {
		weekOfYear: n,
		yearOfWeek: t,
		De: r
	};
}
function Dr(e) {
	let t = wr({
		year: e,
		month: 1,
		day: 1
	});
	return t === 4 || t === 3 && xr(e) ? 53 : 52;
}
function Or({ year: e }) {
	return e < 1 ? {
		era: "bce",
		eraYear: 1 - e
	} : {
		era: "ce",
		eraYear: e
	};
}
function kr(e) {
	return Ar(e), Qn(e);
}
function Ar(e) {
	return jr(e, 1), e;
}
function jr(e, t) {
	let { year: n } = e, r = Ot(e, "month", 1, 12, t);
	return {
		year: n,
		month: r,
		day: Ot(e, "day", 1, yr(n, r), t)
	};
}
function A(e, t) {
	return e ? e.de(t) : t;
}
function Mr(e, t, n) {
	return e ? e.L(t, n) : gr(n);
}
function Nr(e, t) {
	return e === 0 ? Or(t) : e && e.h?.(t) || {};
}
function Pr(e, t, n, r) {
	return e ? e.fe(t, n, r) : vr(t, n, r);
}
function Fr(e, t) {
	return e ? e.j(t) : 12;
}
function Ir(e, t, n) {
	return e ? e.o(t, n) : yr(t, n);
}
function Lr(e, t) {
	let { year: n, month: r } = A(e, t), [i, a] = Mr(e, n, r);
	return sn(i, a);
}
function Rr(e, t) {
	let { year: n } = A(e, t);
	return e ? e.q(n) : xr(n);
}
function zr(e, t) {
	let { year: n } = A(e, t);
	return Fr(e, n);
}
function Br(e, t) {
	let { year: n, month: r } = A(e, t);
	return Ir(e, n, r);
}
function Vr(e, t) {
	let { year: n } = A(e, t);
	return e ? e.i(n) : br(n);
}
function Hr(e, t) {
	if (!e) return Tr(t);
	let { year: n } = A(e, t), r = Pr(e, n, 1, 1);
	return fr(t) - fr(r) + 1;
}
function Ur(e, t) {
	return e === void 0 ? Er(t).weekOfYear : void 0;
}
function Wr(e, t) {
	return e === void 0 ? Er(t).yearOfWeek : void 0;
}
var j = /*@__PURE__*/ un.map((e) => e + "s"), Gr = /*@__PURE__*/ Ft(j), Kr = /*@__PURE__*/ C(j), qr = /*@__PURE__*/ j.slice(0, 6), Jr = /*@__PURE__*/ j.slice(6), Yr = /*@__PURE__*/ Jr.slice(1), M = /*@__PURE__*/ Pt(j, 0), Xr = /*@__PURE__*/ Pt(qr, 0), Zr = /*@__PURE__*/ S(Rt, j);
function Qr(e, t) {
	return t ?? y(_t(e)), t;
}
var N = /*@__PURE__*/ S($r, "string");
function $r(e, t, n = e) {
	return typeof t !== e && b(gt(n, t)), t;
}
function ei(e, t = "number") {
	return Number.isInteger(e) || y(((e, t) => `Non-integer ${e}: ${t}`)(t, e)), e || 0;
}
function ti(e) {
	return typeof e == "symbol" && b("Cannot convert Symbol to string"), String(e);
}
function ni(e) {
	if (!mt(e)) return e;
	let t = e[Symbol.toPrimitive];
	if (t != null) {
		typeof t != "function" && b();
		let n = Reflect.apply(t, e, ["string"]);
		return mt(n) && b(), n;
	}
	return Date.prototype[Symbol.toPrimitive].call(e, "string");
}
function ri(e) {
	return typeof e == "boolean" ? BigInt(+!!e) : typeof e == "string" ? BigInt(e) : (typeof e != "bigint" && b(`Invalid bigint: ${e}`), e);
}
function ii(e, t) {
	return ei(ut(e, t), t);
}
var ai = "smallestUnit", oi = {
	constrain: 0,
	reject: 1
}, si = {
	compatible: 0,
	reject: 1,
	earlier: 2,
	later: 3
}, ci = {
	reject: 0,
	use: 1,
	prefer: 2,
	ignore: 3
}, li = {
	auto: 0,
	never: 1,
	critical: 2,
	always: 3
}, ui = {
	auto: 0,
	never: 1,
	critical: 2
}, di = {
	auto: 0,
	never: 1
}, fi = {
	floor: 0,
	halfFloor: 1,
	ceil: 2,
	halfCeil: 3,
	trunc: 4,
	halfTrunc: 5,
	expand: 6,
	halfExpand: 7,
	halfEven: 8
}, pi = [
	Math.floor,
	(e) => $t(e) ? Math.floor(e) : Math.round(e),
	Math.ceil,
	(e) => $t(e) ? Math.ceil(e) : Math.round(e),
	Math.trunc,
	(e) => $t(e) ? Math.trunc(e) || 0 : Math.round(e),
	(e) => e < 0 ? Math.floor(e) : Math.ceil(e),
	(e) => Math.sign(e) * Math.round(Math.abs(e)) || 0,
	(e) => $t(e) ? (e = Math.trunc(e) || 0) + e % 2 : Math.round(e)
], mi = {
	previous: -1,
	next: 1
};
function hi(e) {
	let t = e.roundingIncrement;
	if (t === void 0) return 1;
	let n = _(t, "roundingIncrement");
	return (n < 1 || n > 10 ** 9) && y(gt("roundingIncrement", n)), n;
}
function gi(e) {
	let t = e.fractionalSecondDigits;
	if (t !== void 0) {
		if (typeof t != "number") {
			if (ti(t) === "auto") return;
			y(gt("fractionalSecondDigits", t));
		}
		t = x("fractionalSecondDigits", Math.floor(t), 0, 9, 1);
	}
	return t;
}
function _i(e, t, n = 0, r) {
	let i = t[e];
	if (i === void 0) return r ? n : void 0;
	if (i = ti(i), i === "auto") return r ? n : null;
	let a = ln[i];
	return a === void 0 && (a = j.indexOf(i)), a < 0 && y(vt(e, i, ln)), a;
}
function vi(e, t, n, r = 0) {
	let i = n[e];
	if (i === void 0) return r;
	let a = ti(i), o = t[a];
	return o === void 0 && y(vt(e, a, t)), o;
}
var yi = /*@__PURE__*/ S(_i, ai), bi = /*@__PURE__*/ S(_i, "largestUnit"), xi = /*@__PURE__*/ S(_i, "unit"), Si = /*@__PURE__*/ S(vi, "overflow", oi), Ci = /*@__PURE__*/ S(vi, "disambiguation", si), wi = /*@__PURE__*/ S(vi, "offset", ci), Ti = /*@__PURE__*/ S(vi, "calendarName", li), Ei = /*@__PURE__*/ S(vi, "timeZoneName", ui), Di = /*@__PURE__*/ S(vi, "offset", di), Oi = /*@__PURE__*/ S(vi, "roundingMode", fi), ki = /*@__PURE__*/ S(vi, "direction", mi);
function Ai(e, t) {
	return typeof e == "string" ? ((e, t) => {
		let n = Object.create(null);
		return n[e] = t, n;
	})(t, e) : ht(e);
}
function ji(e, t, n, r) {
	let i = r ? gn : _n[t + 1];
	if (i) {
		let n = e * _n[t];
		(i % n || !r && n === i) && y(gt("roundingIncrement", e));
	} else !n && e > 1 && y(gt("roundingIncrement", e));
	return e;
}
function Mi(e, t, n, r) {
	return t != null && x(e, t, n, r, 1, un), t;
}
function Ni(e, t) {
	t > e && y("smallestUnit > largestUnit");
}
function Pi(e, t, n, r = 9, i = 0, a = 4) {
	t = lt(t);
	let o = bi(t, i), s = hi(t), c = Oi(t, a), l = yi(t, i, 1);
	return o = Mi("largestUnit", o, i, r), l = Mi(ai, l, i, r), o == null ? o = Math.max(n, l) : Ni(o, l), s = ji(s, l, 1), e && (c = ((e) => e < 4 ? (e + 2) % 4 : e)(c)), [
		o,
		l,
		s,
		c
	];
}
function Fi(e, t = 6, n) {
	let r = hi(e = Ai(e, ai)), i = Oi(e, 7), a = yi(e);
	return a = Qr(ai, a), a = Mi(ai, a, 0, t), r = ji(r, a, void 0, n), [
		a,
		r,
		i
	];
}
function P(e, t) {
	return It(Dn, e, It(D, t));
}
var Ii = /*@__PURE__*/ BigInt(1e8) * E, Li = /*@__PURE__*/ BigInt(-1e8) * E, Ri = Li - E;
function zi(e) {
	let t = 12 * e.year + e.month;
	return (t < -3261848 || t > 3309129) && y("Out-of-bounds date"), e;
}
function F(e, t = 1) {
	let n = ur(e);
	return (n < (t ? Ri : Li) || n > Ii) && y("Out-of-bounds date"), e;
}
function Bi(e) {
	return Vi(k(e)), e;
}
function Vi(e) {
	return (e <= Ri || e >= Ii + E) && y("Out-of-bounds date"), e;
}
function Hi(e) {
	return (e < Li || e > Ii) && y("Out-of-bounds date"), e;
}
function Ui(e, t) {
	return Hi(ur(e) + BigInt(O(e) - t));
}
function Wi(e, t, n) {
	return Gi(e / t, n) * t || 0;
}
function Gi(e, t) {
	return pi[t](e);
}
function Ki(e, t, n, r) {
	let i = Ji(e, t, r, n);
	return Xi(i, Number(n - i.N) / Number(i.te - i.N));
}
function qi(e, t, n, r) {
	return Wi(Xi(e, Zi(t, e.N, e.te)), n, r);
}
function Ji(e, t, n, r) {
	let i = Yi(e, t, n);
	return ((e, t, n, r) => r > 0 ? t <= e && e <= n : n <= e && e <= t)(r, i.N, i.te, Math.sign(t)) || (i = Yi(e + t, t, n)), i;
}
function Yi(e, t, n) {
	let r = e + t;
	return {
		ve: e,
		pe: r,
		N: n(e),
		te: n(r)
	};
}
function Xi(e, t) {
	return e.ve + t * (e.pe - e.ve);
}
function Zi(e, t, n) {
	let r = n - t, i = e - t;
	if (!i) return 0;
	let a = i < 0n ? -i : i, o = r < 0n ? -r : r, s = T(i, 0n) === T(r, 0n) ? 1 : -1;
	return T(a, o) <= 0 ? a === o ? s : Qt(T(2n * a, o), s) : Number(i) / Number(r);
}
function Qi(e) {
	return { epochNanoseconds: e };
}
function $i(e, t, n) {
	return {
		calendar: n,
		timeZone: t,
		epochNanoseconds: e
	};
}
function ea(e, t) {
	return It(D, e, I(e, t));
}
function I(e, t) {
	return It(Dn, e, { calendar: t });
}
function ta(e) {
	return It(D, e);
}
function na(e) {
	return It(j, e, { sign: xo(e) });
}
function ra(e, t, n, r) {
	return $i(t === 6 ? ca(e, r) : la(e, t, n, r), e.timeZone, e.calendar);
}
function ia(e) {
	let [t, n] = _a(e);
	return Cn(n - t, hn);
}
function aa(e) {
	let { timeZone: t, calendar: n } = e;
	return $i(ka(t, P(L(e), Zn)), t, n);
}
function oa(e, t, n, r, i, a, o, s) {
	if (r === 0 && i === 1) return e;
	let c = xo(e) || 1, [l, u, d] = (po(r, s) ? s && r < 6 && n >= 6 ? ha : ga : ma)(c, e, t, n, r, i, a, o);
	return d && r !== 7 && (l = ((e, t, n, r, i, a) => {
		for (let o = r + 1; o <= n; o++) {
			if (o === 7 && n !== 7) continue;
			let r = Zr(o, e);
			r[j[o]] += i;
			let s = T(t, co(a, r));
			if (s && s !== i) break;
			e = r;
		}
		return e;
	})(l, u, n, Math.max(6, r), c, o)), l;
}
function sa(e, t, n) {
	let r = Math.max(Math.min(jo(e), 6), 3);
	return Oo(ba(To(e), BigInt(t), n), r);
}
function ca(e, t) {
	let [n, r] = _a(e);
	return va(e.epochNanoseconds, n, r, t);
}
function la(e, t, n, r) {
	if (t === 0 && n === 1) return e.epochNanoseconds;
	let i = L(e);
	return Ea(e.timeZone, ua(i, t, n, r), i.offsetNanoseconds);
}
function ua(e, t, n, r) {
	return fa(e, Ca(t, n), r, _n[t + 1]);
}
function da(e, t, n, r) {
	return pa(e, Ca(t, n), r, _n[t + 1]);
}
function fa(e, t, n, r) {
	let [i, a] = pa(e, t, n, r), o = P(Ha(e, a), i);
	return Bi(o), o;
}
function pa(e, t, n, r = gn) {
	let i = O(e), a = i % r;
	return ir(i - a + Wi(a, t, n));
}
function ma(e, t, n, r, i, a, o, s) {
	let c = j[i], l = Zr(i, t);
	i === 7 && (t = {
		...t,
		weeks: t.weeks + Math.trunc(t.days / 7)
	});
	let u = Xt(t[c], a) * a, d = Ji(u, a * e, (e) => (l[c] = e, co(s, l)), n), f = qi(d, n, a, o);
	return l[c] = f, [
		l,
		f === d.pe ? d.te : d.N,
		f !== u
	];
}
function ha(e, t, n, r, i, a, o, s) {
	let c = Number(Eo(t)), l = Ca(i, a), u = Wi(c, l, o), d = {
		...t,
		...Xr
	}, f = s.X(d), p = s.X({
		...d,
		days: d.days + e
	}), m = Number(p - f);
	Math.sign(m) !== e && y("Out-of-bounds TimeZone gap");
	let ee = u - m, te = 0, ne;
	ee && Math.sign(ee) !== e ? ne = f + BigInt(u) : (te += e, u = Wi(ee, l, o), ne = p + BigInt(u));
	let re = ko(u);
	return [
		{
			...t,
			...re,
			days: t.days + te
		},
		ne,
		!!te
	];
}
function ga(e, t, n, r, i, a, o) {
	let s = To(t), c = ba(s, wa(i, a), o), l = c - s, u = Math.sign(Number(c / E) - Number(s / E)) === e, d = Oo(c, Math.min(r, 6));
	return [
		{
			...t,
			...d
		},
		n + l,
		u
	];
}
function _a(e) {
	let { timeZone: t } = e, n = P(L(e), Zn), r = P(Ha(n, 1), Zn);
	return [ka(t, n), ka(t, r)];
}
function va(e, t, n, r) {
	return Gi(Zi(e < n ? e : n - 1n, t, n), r) ? n : t;
}
function ya(e) {
	return Wi(e, mn, 7);
}
function ba(e, t, n) {
	return Sa(e, t, n, e / t % 2n);
}
function xa(e, t, n) {
	let [r, i] = qt(e, E), a = r * E;
	return a + Sa(i, t, n, a / t + i / t & 1n);
}
function Sa(e, t, n, r) {
	let i = e / t, a = e % t, o = 0;
	a && (o = Qt(T(2n * (a < 0n ? -a : a), t), Math.sign(Number(a))));
	let s = Gi(Number(r) + o, n);
	return (i - r + BigInt(s)) * t;
}
function Ca(e, t) {
	return _n[e] * t;
}
function wa(e, t) {
	return BigInt(_n[e]) * BigInt(t);
}
var L = /*@__PURE__*/ kt(Ta, WeakMap);
function Ta(e) {
	let { epochNanoseconds: t, timeZone: n } = e, r = n.B(t);
	return {
		...mr(t + BigInt(r)),
		offsetNanoseconds: r
	};
}
function Ea(e, t, n) {
	return Da(e, t, n, 2, 0);
}
function Da(e, t, n, r = 0, i = 0, a, o) {
	if (o || n !== void 0 && r === 1) return Ui(t, n || 0);
	let s = e.O(t);
	if (n !== void 0 && r !== 3) {
		F(t, 0);
		let e = ((e, t, n, r) => {
			let i = k(t);
			r && (n = ya(n));
			for (let t of e) {
				let e = Number(i - t);
				if (r && (e = ya(e)), e === n) return t;
			}
		})(s, t, n, a);
		if (e !== void 0) return e;
		r === 0 && y("Invalid TimeZone offset");
	}
	return Oa(e, t, i, s);
}
function Oa(e, t, n = 0, r = e.O(t)) {
	if (r.length === 1) return r[0];
	if (n === 1 && y("Ambiguous offset"), r.length) return r[+(n === 3)];
	let i = k(t), a = ((e, t) => {
		let n = e.B(t - E);
		return ((e) => (e > gn && y("Out-of-bounds TimeZone gap"), e))(e.B(t + E) - n);
	})(e, i), o = mr(i + BigInt(a * (n === 2 ? -1 : 1)));
	return (r = e.O(o))[n === 2 ? 0 : r.length - 1];
}
function ka(e, t) {
	let n = e.O(t);
	if (n.length) return n[0];
	let r = k(t) - E;
	return e.C(r, 1);
}
function Aa(e, t, n, r = 0) {
	return xo(n) && x("unit", jo(n), 8, 9, 1, j), Ia(e, Fa(e, F(Ia(e, t)), n, r));
}
function ja(e, t, n = 0) {
	let { calendar: r, epochNanoseconds: i, timeZone: a } = e, o = Eo(t), s = i;
	if (Ao(t)) {
		let i = L(e);
		s = Oa(a, P(Fa(r, i, {
			...t,
			...Xr
		}, n), i)) + o;
	} else s += o;
	return {
		...e,
		epochNanoseconds: Hi(s)
	};
}
function Ma(e, t, n, r = 0) {
	let [i, a] = Na(t, n);
	return Bi(P(Fa(e, t, {
		...n,
		...Xr,
		days: n.days + a
	}, r), i));
}
function Na(e, t) {
	return Ba(e, Eo(t));
}
function Pa(e, t) {
	return Va(e, (x("unit", jo(n = t), 0, 5, 1, j), Eo(n)));
	var n;
}
function Fa(e, t, n, r = 0) {
	let { years: i, months: a, weeks: o, days: s } = n, c;
	if (s += Number(Eo(n) / E), i || a) c = La(e, t, i, a, r);
	else {
		if (!o && !s) return t;
		c = t;
	}
	return (o || s) && (c = Ha(c, 7 * o + s)), F(c);
}
function Ia(e, t) {
	return Ha(t, 1 - A(e, t).day);
}
function La(e, t, n, r, i) {
	let { year: a, month: o, day: s } = A(e, t);
	if (n) {
		let [t, r] = Mr(e, a, o);
		a += n, o = za(e, t, r, e ? e.p(a) : void 0, i), o = x("month", o, 1, Fr(e, a), i);
	}
	if (r) {
		let t = Ra(e, a, o, r);
		({year: a, month: o} = t);
	}
	return s = x("day", s, 1, Ir(e, a, o), i), Pr(e, a, o, s);
}
function Ra(e, t, n, r) {
	return e ? e.ae(t, n, r) : Sr(t, n, r);
}
function za(e, t, n, r, i) {
	if (n) {
		let n = e ? e.l : void 0;
		if (r !== void 0 && (n < 0 || r === t + 1)) return r;
		if (i === 1 && y(St), n < 0) return -n;
	}
	return cn(t, 0, r);
}
function Ba(e, t) {
	let n = Number(t / E), r = Number(t % E), [i, a] = ir(O(e) + r);
	return [i, n + a];
}
function Va(e, t) {
	return Hi(e + t);
}
function Ha(e, t) {
	return t ? hr(fr(e) + t) : e;
}
function Ua(e, t) {
	return rn(e) !== rn(t) && y("Mismatching Calendars"), e;
}
function Wa(e, t) {
	return e.m !== t.m && y("Mismatching TimeZones"), e;
}
function Ga(e) {
	return e.timeZone.id;
}
function Ka(e, t, n, r, i, a, o) {
	return r < 6 ? Qa(t.epochNanoseconds, n.epochNanoseconds, r, i, a, o) : ((e, t, n, r, i, a, o) => {
		let s = Wa(t.timeZone, n.timeZone), c = n.epochNanoseconds;
		if (c === t.epochNanoseconds) return M;
		let l;
		return l = $a(s, e, t, n, r), l = oa(l, c, r, i, a, o, lo(e, s, t), 1), l;
	})(e, t, n, r, i, a, o);
}
function qa(e, t, n, r, i, a, o) {
	return r <= 6 ? Qa(k(t), k(n), r, i, a, o) : ((e, t, n, r, i, a, o) => {
		let s = k(n), c = T(s, k(t));
		if (!c) return M;
		let l;
		return l = to(e, t, n, c, r), l = oa(l, s, r, i, a, o, ((e, t) => ({
			ne: k(t),
			X: (n) => k(P(Fa(e, t, n), t))
		}))(e, t)), l;
	})(e, t, n, r, i, a, o);
}
function Ja(e, t, n, r, i, a, o) {
	let s = Ia(e, t), c = Ia(e, n);
	return io(s, c) ? Za(e, F(s), F(c), r, i, a, o, 8) : M;
}
function Ya(e, t, n, r, i, a, o, s = 6) {
	return r === 6 ? Qa(ur(t), ur(n), r, i, a, o) : Za(e, t, n, r, i, a, o, s);
}
function Xa(e, t, n, r, i, a) {
	let o = Wi(O(t) - O(e), Ca(r, i), a);
	return {
		...M,
		...ko(o, n)
	};
}
function Za(e, t, n, r, i, a, o, s = 6) {
	let c = ur(n);
	if (!io(t, n)) return M;
	let l;
	return l = ro(e, t, n, r), i === s && a === 1 || (l = oa(l, c, r, i, a, o, uo(e, t))), l;
}
function Qa(e, t, n, r, i, a) {
	return {
		...M,
		...Oo(ba(t - e, wa(r, i), a), n)
	};
}
function $a(e, t, n, r, i) {
	return i < 6 ? {
		...M,
		...Oo(r.epochNanoseconds - n.epochNanoseconds, i)
	} : ((e, n, r) => {
		let a = T(r.epochNanoseconds, n.epochNanoseconds);
		if (!a) return M;
		if (!io(L(n), L(r))) return {
			...M,
			...Oo(r.epochNanoseconds - n.epochNanoseconds, 5)
		};
		let [o, s, c] = no(e, n, r, a);
		return {
			...(l = o, u = s, ro(t, l, u, i)),
			...ko(c)
		};
		var l, u;
	})(e, n, r);
}
function eo(e, t, n, r) {
	let i = k(t), a = k(n), o = T(a, i);
	return o ? r <= 6 ? {
		...M,
		...Oo(a - i, r)
	} : to(e, t, n, o, r) : M;
}
function to(e, t, n, r, i) {
	let a = n, o = O(n) - O(t);
	return Math.sign(o) === -r && (a = Ha(n, -r), o += gn * r), {
		...ro(e, t, a, i),
		...ko(o)
	};
}
function no(e, t, n, r) {
	let i = L(t), a = L(n), o = n.epochNanoseconds, s = 0, c = O(a) - O(i);
	Math.sign(c) === -r && s++;
	let l = r > 0 ? 2 : 1;
	for (;; s++) {
		let t = Ha(a, s * -r), n = Oa(e, P(t, i));
		if (s === l || T(o, n) !== -r) return [
			i,
			t,
			Number(o - n)
		];
	}
}
function ro(e, t, n, r) {
	if (r <= 7) return ((e, t, n) => {
		let r = ao(t, n);
		return e ? {
			...M,
			weeks: Xt(r, 7),
			days: Zt(r, 7)
		} : {
			...M,
			days: r
		};
	})(r === 7, t, n);
	let i = A(e, t), a = A(e, n);
	if (r === 8) {
		let { year: r, month: o, day: s } = i, { year: c, month: l, day: u } = a, d = Math.sign(Gt(c, r) || Gt(l, o) || ao(t, n)), f = 0, p = 0;
		if (d) {
			f = e ? e.ee(r, o, c, l) : Cr(r, o, c, l);
			let i = La(e, t, 0, f, 0);
			d * Gt(s, u) > 0 && (f -= d, i = La(e, t, 0, f, 0)), p = ao(i, n);
		}
		return {
			...M,
			months: f,
			days: p
		};
	}
	let { year: o, month: s, day: c } = i, { year: l, month: u, day: d } = a, f = l - o, p = u - s, m = d - c;
	if (f || p) {
		let t = Math.sign(f || p), n = Ir(e, l, u), r = 0;
		if (Math.sign(d - c) === -t) {
			let i = n, a = Ra(e, l, u, -t);
			({year: l, month: u} = a), f = l - o, p = u - s, n = Ir(e, l, u), r = t < 0 ? -i : n;
		}
		if (m = d - Math.min(c, n) + r, f) {
			let [n, r] = Mr(e, o, s), [i, a] = Mr(e, l, u), c = e ? e.l : void 0;
			if (p = c !== void 0 && r && !a && (c < 0 ? t > 0 && i === -c : t < 0 && i === n) ? 0 : i - n || Number(a) - Number(r), Math.sign(p) === -t) {
				let i = t < 0 && -Fr(e, l);
				l -= t, f = l - o, p = u - za(e, n, r, e ? e.p(l) : void 0, 0) + (i || Fr(e, l));
			} else if (e) {
				let t = za(e, n, r, e.p(l), 0);
				p = e.ee(l, t, l, u);
			}
		}
	}
	return {
		...M,
		years: f,
		months: p,
		days: m
	};
}
function io(e, t) {
	return Gt(e.year, t.year) || Gt(e.month, t.month) || Gt(e.day, t.day);
}
function ao(e, t) {
	return fr(t) - fr(e);
}
function oo(e, t, n) {
	return fo(e) ? ((e, t, n) => {
		let { calendar: r, timeZone: i } = e, a = ja(e, t);
		return [
			$a(i, r, e, a, n),
			a.epochNanoseconds,
			lo(r, i, e)
		];
	})(e, t, n) : ((e, t, n) => {
		let { calendar: r } = e, i = Bi(P(e, Zn)), a = Ma(r, i, t);
		return [
			eo(r, i, a, n),
			k(a),
			uo(r, e)
		];
	})(e, t, n);
}
function so(e, t) {
	return fo(e) ? ja(e, t).epochNanoseconds : k(Ma(e.calendar, P(e, Zn), t));
}
function co(e, t) {
	return Ao(t) ? e.X(t) : e.ne;
}
function lo(e, t, n) {
	let r = L(n);
	return {
		ne: n.epochNanoseconds,
		X: (n) => Oa(t, P(Fa(e, r, n), r))
	};
}
function uo(e, t) {
	return {
		ne: ur(t),
		X: (n) => ur(Fa(e, t, n))
	};
}
function fo(e) {
	return "timeZone" in e;
}
function po(e, t) {
	return e <= 6 - !!t;
}
function mo(e, t, n) {
	let r = {};
	for (let i = t; i >= 0; i--) {
		let t = _n[i];
		r[n[i]] = Xt(e, t), e = Zt(e, t);
	}
	return r;
}
var ho = 2 ** 53;
function go(e, t, n) {
	let r = Math.max(jo(t), jo(n));
	return x("unit", r, 0, 6, 1, j), ((e, t, n, r) => na(So(((e, t, n, r) => {
		let i = To(e) + To(t) * BigInt(r ? -1 : 1);
		return Number.isFinite(Number(i / E)) || y("Out-of-bounds date"), {
			...M,
			...Oo(i, n)
		};
	})(t, n, r, e))))(e, t, n, r);
}
function _o(e, t, n) {
	let r = jo(t), [i, a, o, s, c] = ((e, t, n) => {
		e = Ai(e, ai);
		let r = bi(e), i = n(e.relativeTo), a = hi(e), o = Oi(e, 7), s = yi(e);
		return r === void 0 && s === void 0 && y("Required smallestUnit or largestUnit"), s ??= 0, r ??= Math.max(s, t), Ni(r, s), a = ji(a, s, 1), a > 1 && s > 5 && r !== s && y("For calendar units with roundingIncrement > 1, use largestUnit = smallestUnit"), [
			r,
			s,
			a,
			o,
			i
		];
	})(n, r, e);
	if (!c && Math.max(r, i) <= 6) return na(So(((e, t, n, r, i) => {
		let a = ba(To(e), wa(n, r), i);
		return {
			...M,
			...Oo(a, t)
		};
	})(t, i, a, o, s)));
	c || y("Missing relativeTo");
	let l = fo(c);
	if (!t.sign && (!l || i < 6)) return t;
	let [u, d, f] = oo(c, t, i);
	return na(oa(u, d, i, a, o, s, f, l));
}
function vo(e) {
	return e.sign === -1 ? yo(e) : e;
}
function yo(e) {
	return na(bo(e));
}
function bo(e) {
	let t = {};
	for (let n of j) t[n] = -1 * e[n] || 0;
	return t;
}
function xo(e, t = j) {
	let n = 0;
	for (let r of t) {
		let t = Math.sign(e[r]);
		t && (n && n !== t && y("Cannot mix duration signs"), n = t);
	}
	return n;
}
function So(e) {
	for (let t of Yr) Co(t, e[t]);
	let t = To(e);
	return wo(Number(t / bn)), e;
}
function Co(e, t) {
	return x(e, t, -4294967295, 4294967295, 1);
}
function wo(e) {
	Number.isSafeInteger(e) || y("Out-of-bounds duration");
}
function To(e) {
	return BigInt(e.days) * E + Eo(e);
}
function Eo(e) {
	return BigInt(e.hours) * Sn + BigInt(e.minutes) * xn + Do(e);
}
function Do(e) {
	return BigInt(e.seconds) * bn + BigInt(e.milliseconds) * yn + BigInt(e.microseconds) * vn + BigInt(e.nanoseconds);
}
function Oo(e, t = 6) {
	let n = Number(e / E), r = Number(e % E), i = _n[t], a = t <= 3 ? Number(e / BigInt(i)) : gn / i * n + Xt(r, i);
	Number.isFinite(a) || y("Out-of-bounds date"), t <= 3 && Math.abs(a) / (pn / _n[t]) >= ho && y("Out-of-bounds date");
	let o = mo(r, t, j);
	return o[j[t]] = a, o;
}
function ko(e, t = 5) {
	return mo(e, t, j);
}
function Ao(e) {
	return !!xo(e, Jr);
}
function jo(e) {
	let t = 9;
	for (; t > 0 && !e[j[t]]; t--);
	return t;
}
function Mo(e, t) {
	return T(e.epochNanoseconds, t.epochNanoseconds);
}
function No(e, t, n, r) {
	let i = e(lt(r).relativeTo), a = Math.max(jo(t), jo(n));
	return Lt(j, t, n) ? 0 : po(a, i && fo(i)) ? T(To(t), To(n)) : (i || y("Missing relativeTo"), T(so(i, t), so(i, n)));
}
function Po(e, t) {
	return Fo(e, t) || Io(e, t);
}
function Fo(e, t) {
	return Gt(fr(e), fr(t));
}
function Io(e, t) {
	return Gt(O(e), O(t));
}
function Lo(e, t) {
	return !Mo(e, t);
}
function Ro(e, t) {
	return !Mo(e, t) && e.timeZone.m === t.timeZone.m && e.calendar === t.calendar;
}
function zo(e, t) {
	return !Po(e, t) && e.calendar === t.calendar;
}
function Bo(e, t) {
	return !Fo(e, t) && e.calendar === t.calendar;
}
function Vo(e, t) {
	return !Fo(e, t) && e.calendar === t.calendar;
}
function Ho(e, t) {
	return !Fo(e, t) && e.calendar === t.calendar;
}
function Uo(e, t) {
	return !Io(e, t);
}
function Wo(e) {
	return e === 0 ? tn : e ? e.k : void 0;
}
function R(e, t, n = t) {
	return Wo(e) ? n : t;
}
function Go(e, t) {
	let n = t || void 0, r = Wo(t), { era: i, eraYear: a, year: o } = e;
	if (o !== void 0 && (o = _(o, "year")), a !== void 0 && (a = _(a, "eraYear")), i !== void 0 || a !== void 0) {
		i !== void 0 && a !== void 0 || b("Mismatching era/eraYear"), r || y("Forbidden era/eraYear");
		let e = nn(i), t = r[e];
		t === void 0 && y(((e) => `Invalid era: ${e}`)(i));
		let s = n?._ ? n._(a, e, t) : Jo(a, t);
		o !== void 0 && o !== s && y("Mismatching year/eraYear"), o = s;
	} else o === void 0 && b(xt(r));
	return o;
}
function Ko(e, t, n, r, i) {
	let { month: a, monthCode: o } = e;
	if (o !== void 0) {
		let e = ((e, t, n, r, i = on(t)) => {
			let a = e ? e.p(n) : void 0, [o, s] = i, c = cn(o, s, a);
			if (s) {
				let t = e ? e.l : void 0;
				t === void 0 && y(St), t > 0 ? (c > t && y(St), a !== c && (r === 1 && y(St), c = cn(o, 0, a))) : (c !== -t && y(St), a === void 0 && r === 1 && y(St));
			}
			return c;
		})(t, o, n, i, r);
		a !== void 0 && a !== e && y("Mismatching month/monthCode"), a = e, i = 1;
	} else a === void 0 && b("Missing month/monthCode");
	return x("month", a, 1, Fr(t, n), i);
}
function qo(e, t, n, r, i) {
	return Ot(e, "day", 1, Ir(t, n, r), i);
}
function Jo(e, t) {
	return (t + e) * (Math.sign(t) || 1) || 0;
}
function Yo(e, t) {
	return er(It(D, {
		...Zn,
		...e
	}), t);
}
var Xo = /^([+-])([01]\d|2[0-3])(?:(:?)([0-5]\d)(?:\3([0-5]\d)(?:[.,](\d{1,9}))?)?)?$/;
function Zo(e) {
	let t = Qo(e);
	return t === void 0 && y(Et(e)), t;
}
function Qo(e, t) {
	let n = Xo.exec(e);
	if (n) return t && n[5] && y(Et(e)), ((e) => e && e !== "+" ? -1 : 1)(n[1]) * (parseInt(n[2]) * hn + w(n[4]) * mn + w(n[5]) * pn + Ht(n[6] || ""));
}
var z = {
	era: ti,
	month: dt,
	monthCode(e, t) {
		return N(ni(e), t);
	},
	day: dt
}, $o = /*@__PURE__*/ Pt(D, _), es = /*@__PURE__*/ Pt(j, ii), ts = /*@__PURE__*/ Object.assign({}, z, $o), ns = {
	offset(e) {
		return Zo(N(ni(e)));
	},
	...ts
};
function B(e, t, n, r, i = !r) {
	let a = {}, o = 0;
	for (let i of t) {
		let t = e[i];
		if (t !== void 0) {
			o = 1;
			let e = n[i];
			e && (t = e(t, i)), a[i] = t;
		} else r && r.includes(i) && b(_t(i));
	}
	return i && !o && b("No valid fields: " + t.join()), a;
}
function V(e) {
	return e === void 0 ? 0 : Si(ht(e));
}
function rs(e, t = 0) {
	e = lt(e);
	let n = Ci(e), r = wi(e, t);
	return [
		Si(e),
		r,
		n
	];
}
function is(e) {
	return Ci(lt(e));
}
function as(e, t, n) {
	let r = Wo(t);
	e.year !== void 0 || e.era !== void 0 && e.eraYear !== void 0 || b(xt(r)), e.monthCode === void 0 && e.month === void 0 && b("Missing month/monthCode"), n || e.day !== void 0 || b(_t("day"));
	let i = ps(e);
	return [Go(e, t), i];
}
function os(e, t) {
	let n = t === void 0, r = Wo(t);
	e.day === void 0 && b(_t("day")), n || e.month === void 0 || e.year !== void 0 || e.era !== void 0 && e.eraYear !== void 0 || b(xt(r));
	let i = ps(e);
	return [e.eraYear !== void 0 || e.year !== void 0 ? Go(e, t) : void 0, i];
}
function ss(e, t = Zn, n) {
	let r = P(e, t);
	return Bi(r), ea(r, n);
}
function cs(e, t, n, r, i) {
	let a = Ko(e, t, n, r, i);
	return I(F(Pr(t, n, a, qo(e, t, n, a, i))), t);
}
function ls(e, t, n, r, i) {
	return ds(t, n, Ko(e, t, n, r, i));
}
function us(e, t, n, r, i) {
	let a = t === void 0, o = n, s, c, l;
	if (o === void 0 && a && (o = 1972), o !== void 0) {
		a || F(Pr(t, o, 1, 1));
		let n = Ko(e, t, o, r, i);
		s = qo(e, t, o, n, i), [c, l] = Mr(t, o, n);
	} else {
		e.monthCode === void 0 && b("Missing month/monthCode"), [c, l] = r;
		let n = t ? t.re : 1972;
		if (n !== void 0) s = qo(e, t, n, Ko(e, t, n, r, i), i);
		else {
			let n = i === 0 && t ? t.ge?.(c, l, e.day) : void 0;
			s = n === void 0 ? e.day : n;
		}
	}
	return fs(t, c, l, s, e.day, i);
}
function ds(e, t, n) {
	return I(zi(Pr(e, t, n, 1)), e);
}
function fs(e, t, n, r, i, a) {
	let o = n;
	o && ((e && e.U?.[t]) ?? 1 / 0) < i && (a === 1 && y(St), o = 0, r = Dt(i, 1, (e && e.R) ?? 1 / 0));
	let s = e ? e.u(t, !!o, r) : _r(t, !!o);
	for (; !s && a === 0 && r > 1;) r--, s = e ? e.u(t, !!o, r) : _r(t, !!o);
	s || y("Cannot guess year");
	let { year: c, month: l } = s;
	return I(F(Pr(e, c, l, r)), e);
}
function ps(e) {
	if (e.monthCode !== void 0) return on(e.monthCode);
}
var ms = Intl.DateTimeFormat;
function hs(e, t) {
	t < -864e13 && y("Out-of-bounds date");
	let n = e.formatToParts(t), r = {};
	for (let e of n) r[e.type] = e.value;
	return r;
}
var gs = {
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
}, _s = -4e9;
function vs(e, t = 4) {
	let n = gi(e);
	return [Oi(e, 4), ...xs(Mi(ai, yi(e), 0, t), n)];
}
function ys(e) {
	return Ti(lt(e));
}
function bs(e, t) {
	return vs(lt(e), t);
}
function xs(e, t) {
	return e == null ? [t === void 0 ? 1 : 10 ** (9 - t), t] : [_n[e], e < 4 ? 9 - 3 * e : -1];
}
function Ss(e, t, n) {
	let [r, i, a, o] = ((e) => {
		let t = gi(e = lt(e)), n = Oi(e, 4), r = yi(e);
		return [
			e.timeZone,
			n,
			...xs(Mi(ai, r, 0, 4), t)
		];
	})(n), s = r !== void 0;
	return ((e, t, n, r, i, a) => {
		n = xa(n, BigInt(i), r);
		let o = t.B(n);
		return Ps(mr(n + BigInt(o)), a) + (e ? zs(ya(o)) : "Z");
	})(s, H(s ? e(r) : "UTC"), t.epochNanoseconds, i, a, o);
}
function Cs(e, t) {
	let n = ((e) => {
		e = lt(e);
		let t = Ti(e), n = gi(e), r = Di(e), i = Oi(e, 4), a = yi(e);
		return [
			t,
			Ei(e),
			r,
			i,
			...xs(Mi(ai, a, 0, 4), n)
		];
	})(t);
	return ((e, t, n, r, i, a, o, s, c, l) => {
		r = xa(r, BigInt(c), s);
		let u = n.B(r);
		return Ps(mr(r + BigInt(u)), l) + zs(ya(u), o) + Bs(t, a) + Vs(e, i);
	})(e.calendar, e.timeZone.id, e.timeZone, e.epochNanoseconds, ...n);
}
function ws(e, t) {
	let n = ((e) => (e = lt(e), [Ti(e), ...vs(e)]))(t);
	return ((e, t, n, r, i, a) => Ps(fa(t, i, r), a) + Vs(e, n))(e.calendar, e, ...n);
}
function Ts(e, t) {
	return n = e.calendar, r = e, i = ys(t), Fs(r) + Vs(n, i);
	var n, r, i;
}
function Es(e, t) {
	return Os(e.calendar, Is, e, ys(t));
}
function Ds(e, t) {
	return Os(e.calendar, Ls, e, ys(t));
}
function Os(e, t, n, r) {
	return r === 1 ? e === void 0 ? t(n) : Fs(n) : r > 1 || r === 0 && e !== void 0 ? Fs(n) + Hs(rn(e), r === 2) : t(n);
}
function ks(e, t) {
	return ((e, t, n, r) => Rs(pa(e, n, t)[0], r))(e, ...bs(t));
}
function As(e, t) {
	let [n, r, i] = bs(t, 3);
	return r > 1 && ((e = {
		...e,
		...sa(e, r, n)
	}).sign = xo(e), So(e)), js(e, i);
}
function js(e, t) {
	let { sign: n } = e, r = n === -1 ? bo(e) : e, { hours: i, minutes: a } = r, o = Do(r), s = Number(o / bn), c = Number(o % bn);
	wo(s);
	let l = Ws(c, t), u = t >= 0 || !n || l;
	return (n < 0 ? "-" : "") + "P" + Ms({
		Y: Ns(r.years),
		M: Ns(r.months),
		W: Ns(r.weeks),
		D: Ns(r.days)
	}) + (i || a || s || u ? "T" + Ms({
		H: Ns(i),
		M: Ns(a),
		S: Ns(s, u) + l
	}) : "");
}
function Ms(e) {
	let t = [];
	for (let n in e) {
		let r = e[n];
		r && t.push(r, n);
	}
	return t.join("");
}
function Ns(e, t) {
	if (!e && !t) return "";
	let n = Object.create(null);
	return n.useGrouping = 0, e.toLocaleString("fullwide", n);
}
function Ps(e, t) {
	return Fs(e) + "T" + Rs(e, t);
}
function Fs(e) {
	return Is(e) + "-" + Wt(e.day);
}
function Is(e) {
	let { year: t } = e;
	return (t < 0 || t > 9999 ? Gs(t) + Ut(6, Math.abs(t)) : Ut(4, t)) + "-" + Wt(e.month);
}
function Ls(e) {
	return Wt(e.month) + "-" + Wt(e.day);
}
function Rs(e, t) {
	let n = [Wt(e.hour), Wt(e.minute)];
	return t !== -1 && n.push(Wt(e.second) + ((e, t, n, r) => Ws(e * fn + t * dn + n, r))(e.millisecond, e.microsecond, e.nanosecond, t)), n.join(":");
}
function zs(e, t = 0) {
	if (t === 1) return "";
	let [n, r] = Jt(Math.abs(e), hn), [i, a] = Jt(r, mn), [o, s] = Jt(a, pn);
	return Gs(e) + Wt(n) + ":" + Wt(i) + (o || s ? ":" + Wt(o) + Ws(s) : "");
}
function Bs(e, t) {
	return t === 1 ? "" : "[" + (t === 2 ? "!" : "") + e + "]";
}
function Vs(e, t) {
	return t > 1 || t === 0 && e !== void 0 ? Hs(rn(e), t === 2) : "";
}
function Hs(e, t) {
	return "[" + (t ? "!" : "") + "u-ca=" + e + "]";
}
var Us = /0+$/;
function Ws(e, t) {
	let n = Ut(9, e);
	return n = t === void 0 ? n.replace(Us, "") : n.slice(0, t), n ? "." + n : "";
}
function Gs(e) {
	return e < 0 ? "-" : "+";
}
var Ks = /^(AC|AE|AG|AR|AS|BE|BS|CA|CN|CS|CT|EA|EC|IE|IS|JS|MI|NE|NS|PL|PN|PR|PS|SS|VS)T$/, qs = /[^\w\/:+-]+/;
function Js(e) {
	return Ys(N(e));
}
function Ys(e) {
	return Xs(e).id;
}
var Xs = /*@__PURE__*/ kt((e) => {
	let t = e.toUpperCase(), n = ((e) => {
		let t = Qo(e, 1);
		if (t !== void 0) return {
			id: zs(t),
			Z: t,
			m: t
		};
	})(t);
	return n ? {
		kind: "fixed",
		...n
	} : Zs(t === "UTC" ? "UTC" : ((e) => (qs.test(e) && y(Tt(e)), Ks.test(e) && y("Forbidden ICU TimeZone"), e.toLowerCase().split("/").map((e, t) => (e.length <= 3 || /\d/.test(e)) && !/etc|yap/.test(e) ? e.toUpperCase() : e.replace(/baja|dumont|[a-z]+/g, (e, n) => e.length <= 2 && !t || e === "in" || e === "chat" ? e.toUpperCase() : e.length > 2 || !n ? Bt(e).replace(/island|noronha|murdo|rivadavia|urville/, Bt) : e)).join("/")))(e));
}), Zs = /*@__PURE__*/ kt((e) => {
	if (e === "UTC") return {
		kind: "utc",
		id: e,
		m: e
	};
	let t = (n = e.toUpperCase(), new ms("en-u-hc-h23", {
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
function H(e) {
	let t = Xs(e);
	return Qs(t.id, t);
}
var Qs = /*@__PURE__*/ kt((e, t) => t.kind === "named" ? new ec(e, t.m, t.format) : new $s(e, t.m, t.kind === "fixed" ? t.Z : 0)), $s = class {
	constructor(e, t, n) {
		this.id = e, this.m = t, this.Z = n;
	}
	B() {
		return this.Z;
	}
	O(e) {
		return [Ui(e, this.Z)];
	}
	C() {}
}, ec = class {
	constructor(e, t, n) {
		this.id = e, this.m = t, this.me = ((e, t) => {
			let n = kt(e), r = kt(tc), i = 86400 * t;
			function a(e) {
				let [t, a] = nc(e, i), o = rc(t), c = rc(a), l = n(o), u = n(c);
				return l === u ? l : s(r(o, c), l, u, e);
			}
			function o(e, t, a, o = e) {
				let [c, l] = nc(e, i), u = i * t, d = () => t < 0 ? l > a : c < a;
				for (; d();) {
					let e = rc(c), i = rc(l), a = n(e), d = n(i);
					if (a !== d) {
						let n = r(e, i);
						s(n, a, d);
						let c = n[0];
						if ((Gt(c, o) || 1) === t) return c;
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
					if (!(t > 0 && e >= 864e10)) return t < 0 ? e <= _s ? void 0 : e > 4e9 ? o(e, -1, e - 94867200) ?? o(4e9, -1, _s) : o(e, -1, _s) : o(Math.max(e, _s) - 1, 1, Math.max(e, Math.floor(Date.now() / 1e3)) + 94867200, e);
				}
			};
		})(((e) => (t) => {
			let n = hs(e, 1e3 * t);
			return 86400 * pr(((e) => {
				let t = e.relatedYear;
				if (t !== void 0) return parseInt(t);
				let n = parseInt(e.year);
				return e.era !== void 0 && nn(e.era) === "bce" ? 1 - n : n;
			})(n), parseInt(n.month), parseInt(n.day)) + 3600 * parseInt(n.hour) + 60 * parseInt(n.minute) + parseInt(n.second) - t;
		})(n), ((e) => gs[e.split("/").pop()] || 19)(e));
	}
	B(e) {
		return this.me.ze(((e) => sr(e)[0])(e)) * pn;
	}
	O(e) {
		let t = 86400 * fr(e) + nr(e), n = rr(e);
		return this.me.Ae(t).map((e) => Hi(BigInt(e) * bn + BigInt(n)));
	}
	C(e, t) {
		let [n, r] = sr(e), i = this.me.C(n + (t > 0 || r ? 1 : 0), t);
		if (i !== void 0) return BigInt(i) * bn;
	}
};
function tc(e, t) {
	return [e, t];
}
function nc(e, t) {
	let n = Math.floor(e / t) * t;
	return [n, n + t];
}
function rc(e) {
	return Dt(e, -1e10, 864e10);
}
function ic(e, t, n) {
	let r = B(n, R(t, qn, Jn), ns, [], 0), i = r.timeZone !== void 0, [a, o] = as(r, t), s = cs(r, t, a, o, 0);
	if (i) {
		let n = Yo(r), i = H(e(r.timeZone));
		return {
			epochNanoseconds: Da(i, P(s, n), r.offset),
			timeZone: i,
			calendar: t
		};
	}
	return s;
}
function ac(e, t, n, r) {
	let i = B(n, R(t, qn, Jn), ns, kn, 0), a = e(i.timeZone), [o, s] = as(i, t), [c, l, u] = rs(r), d = cs(i, t, o, s, c), f = Yo(i, c), p = H(a);
	return $i(Da(p, P(d, f), i.offset, l, u), p, t);
}
function oc(e, t, n) {
	let r = B(t, R(e, Un, Wn), ts, [], 0), [i, a] = as(r, e), o = V(n);
	return ss(cs(r, e, i, a, o), Yo(r, o), e);
}
function sc(e, t, n, r = []) {
	let i = B(t, R(e, Vn, Hn), z, r), [a, o] = as(i, e);
	return cs(i, e, a, o, V(n));
}
function cc(e, t, n, r) {
	let i = B(t, R(e, In, Ln), z, r), [a, o] = as(i, e, 1);
	return ls(i, e, a, o, V(n));
}
function lc(e, t, n, r) {
	let i = B(n, R(e, Vn, Hn), z, En, 0);
	t && i.month !== void 0 && i.monthCode === void 0 && i.year === void 0 && (i.year = 1972);
	let [a, o] = os(i, e);
	return us(i, e, a, o, V(r));
}
function uc(e, t) {
	return Yo(B(e, Pn, $o, [], 1), V(t));
}
function dc(e) {
	let t = B(e, Kr, es);
	return na(So({
		...M,
		...t
	}));
}
function fc(e) {
	y(Et(e));
}
function pc(e) {
	let t = Fc(e = N(ni(e))), n;
	return t || fc(e), t.I ? n = 0 : t.offset ? n = Zo(t.offset) : fc(e), Qi(Ui(t, n));
}
function mc(e, t) {
	let n = Fc(N(e));
	return n && n.timeZoneId ? Tc(n, t, void 0) : Ec(wc(e), t);
}
function hc(e, t, n) {
	let r = Fc(N(e));
	return r && r.timeZoneId || fc(e), Tc(r, t, n);
}
function gc(e, t) {
	let n = wc(e);
	return Bi(n), {
		...P(n, n),
		calendar: t(n.calendarId)
	};
}
function _c(e, t) {
	return Ec(wc(e), t);
}
function vc(e, t) {
	let n = Ic(N(e)) || wc(e), r = t(n.calendarId);
	return I(zi(Ia(r, zi(n))), r);
}
function yc(e, t) {
	let n = Lc(N(e)) || wc(e);
	if (n.calendarId === "iso8601") return I({
		...n,
		year: 1972
	}, t("iso8601"));
	let { calendar: r } = Ec(n, t), { year: i, month: a, day: o } = A(r, n), [s, c] = Mr(r, i, a), l = r ? r.u(s, c, o) : _r(s, c);
	return l || y("Cannot guess year"), I(F(Pr(r, l.year, l.month, o)), r);
}
function bc(e) {
	let t = Fc(e = N(e)) || zc(e);
	return (!t || !t.qe || t.I || Ic(e) || Lc(e)) && fc(e), ta(t);
}
function xc(e) {
	let t = Nc.exec(N(e));
	t && !Pc.test(e) || fc(e);
	let n = mo(3600 * Ht(t[7] || "") + 60 * Ht(t[9] || "") + Ht(t[11] || ""), 4, j), r = {
		...n,
		years: w(t[2]),
		months: w(t[3]),
		weeks: w(t[4]),
		days: w(t[5]),
		hours: w(t[6]),
		minutes: w(t[8]) + n.minutes,
		seconds: w(t[10]) + n.seconds
	};
	return na(So(t[1] === "-" ? bo(r) : r));
}
function Sc(e) {
	let t = Fc(e) || Ic(e) || Lc(e) || zc(e);
	return t ? t.calendarId : e;
}
function Cc(e) {
	let t = Fc(e);
	return t && (t.timeZoneId || t.I && "UTC" || t.offset) || e;
}
function wc(e) {
	let t = Fc(N(e));
	return t && !t.I || fc(e), t;
}
function Tc(e, t, n) {
	let r = H(Ys(e.timeZoneId)), i;
	if (e.qe) {
		let t = e.offset ? Zo(e.offset) : void 0, [, o, s] = rs(n);
		i = Da(r, e, t, o, s, !(r.Z || e.offset === void 0 || (a = e.offset, a.length > 6)), e.I);
	} else rs(n), i = ka(r, e);
	var a;
	return Hi(i), $i(i, r, t(e.calendarId));
}
function Ec(e, t) {
	return I(F(e), t(e.calendarId));
}
function Dc(e, t = "") {
	return `([01]\\d|2[0-3])(?:(:?)([0-5]\\d)(?:\\${e}([0-5]\\d${t})(?:[.,](\\d{1,9}))?)?)?`;
}
var Oc = "((?!-0{6})[+-]\\d{6}|\\d{4})(-?)(0[1-9]|1[0-2])\\2(0[1-9]|[12]\\d|3[01])(?:[Tt ]" + Dc(6, "|60") + "(?:([Zz])|(([+-])" + Dc(14) + "))?)?", kc = /*@__PURE__*/ Vt("((?!-0{6})[+-]\\d{6}|\\d{4})-?(0[1-9]|1[0-2])(?:\\[!?([+-](?:[01]\\d|2[0-3])(?::?[0-5]\\d)?|[a-zA-Z._][\\w.+-]*(?:/[a-zA-Z._][\\w.+-]*)*)\\])?((?:\\[!?[a-z_][a-z\\d_-]*=[a-zA-Z\\d]+(?:-[a-zA-Z\\d]+)*\\])*)"), Ac = /*@__PURE__*/ Vt("(?:--)?(0[1-9]|1[0-2])-?(0[1-9]|[12]\\d|3[01])(?:\\[!?([+-](?:[01]\\d|2[0-3])(?::?[0-5]\\d)?|[a-zA-Z._][\\w.+-]*(?:/[a-zA-Z._][\\w.+-]*)*)\\])?((?:\\[!?[a-z_][a-z\\d_-]*=[a-zA-Z\\d]+(?:-[a-zA-Z\\d]+)*\\])*)"), jc = /*@__PURE__*/ Vt(Oc + "(?:\\[!?([+-](?:[01]\\d|2[0-3])(?::?[0-5]\\d)?|[a-zA-Z._][\\w.+-]*(?:/[a-zA-Z._][\\w.+-]*)*)\\])?((?:\\[!?[a-z_][a-z\\d_-]*=[a-zA-Z\\d]+(?:-[a-zA-Z\\d]+)*\\])*)"), Mc = /\[(!?)([^=]+)=([^\]]+)/g, Nc = /^([+-])?P(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(?:T(?:(\d+)(?:[.,](\d{1,9}))?H)?(?:(\d+)(?:[.,](\d{1,9}))?M)?(?:(\d+)(?:[.,](\d{1,9}))?S)?)?$/i, Pc = /[PT]$|[.,]\d+[HMS]./i;
function Fc(e) {
	let t = jc.exec(e);
	if (t) return Ar(((e) => ({
		year: parseInt(e[1]),
		month: parseInt(e[3]),
		day: parseInt(e[4]),
		...ir(Ht(e[9] || ""))[0],
		hour: w(e[5]),
		minute: w(e[7]),
		second: Math.min(w(e[8]), 59),
		...Bc(e[18], e[19]),
		qe: !!e[5],
		I: !!e[10],
		offset: e[11]
	}))(t));
}
function Ic(e) {
	let t = kc.exec(e);
	return t ? Rc(((e) => ({
		year: parseInt(e[1]),
		month: parseInt(e[2]),
		day: 1,
		...Bc(e[3], e[4])
	}))(t)) : void 0;
}
function Lc(e) {
	let t = Ac.exec(e);
	if (t) {
		let e = ((e) => ({
			year: 1972,
			month: parseInt(e[1]),
			day: parseInt(e[2]),
			...Bc(e[3], e[4])
		}))(t);
		if (Lt(Dn, n = e, jr(n))) return Rc(e);
	}
	var n;
}
function Rc(e) {
	return e.calendarId !== "iso8601" && fc(e.calendarId), e;
}
function zc(e) {
	let t = Fc(e.replace(/^t?/i, "0000-01-01T"));
	return t && !t.I ? t : void 0;
}
function Bc(e, t) {
	let n, r = [];
	return t.replace(Mc, (e, t, i, a) => (i === "u-ca" ? (r.push(a.toLowerCase()), n ||= t) : t && fc(e), "")), r.length > 1 && n && fc(t), {
		timeZoneId: e,
		calendarId: r[0] || "iso8601"
	};
}
function Vc(e, t, n) {
	let r = Object.assign(Object.create(null), t);
	return Hc(r, n, Mn), Wo(e) && (Hc(r, n, jn), e && e.je && Hc(r, n, Nn, An)), r;
}
function Hc(e, t, n, r) {
	let i = 0, a = [];
	for (let e of n) t[e] === void 0 ? a.push(e) : i = 1;
	if (Object.assign(e, t), i) for (let t of r || a) delete e[t];
}
function Uc(e, t, n) {
	let r = R(e, Gn, Kn), i = L(t), { year: a, month: o, day: s } = A(e, i), c = {
		year: a,
		monthCode: Qc(e, a, o),
		day: s,
		hour: i.hour,
		minute: i.minute,
		second: i.second,
		millisecond: i.millisecond,
		microsecond: i.microsecond,
		nanosecond: i.nanosecond,
		offset: i.offsetNanoseconds
	}, l = B(n, r, ns), u = Vc(e, c, l);
	return [{
		...c,
		...l
	}, u];
}
function Wc(e, t, n) {
	let r = R(e, Un, Wn), { year: i, month: a, day: o } = A(e, t), s = {
		year: i,
		monthCode: Qc(e, i, a),
		day: o,
		hour: t.hour,
		minute: t.minute,
		second: t.second,
		millisecond: t.millisecond,
		microsecond: t.microsecond,
		nanosecond: t.nanosecond
	}, c = B(n, r, ts), l = Vc(e, s, c);
	return [{
		...s,
		...c
	}, l];
}
function Gc(e, t, n) {
	let r = R(e, Vn, Hn), { year: i, month: a, day: o } = A(e, t);
	return Vc(e, {
		year: i,
		monthCode: Qc(e, i, a),
		day: o
	}, B(n, r, z));
}
function Kc(e, t, n) {
	let r = R(e, In, Ln), { year: i, month: a } = A(e, t);
	return Vc(e, {
		year: i,
		monthCode: Qc(e, i, a)
	}, B(n, r, z));
}
function qc(e, t, n) {
	let r = R(e, Vn, Hn), { year: i, month: a, day: o } = A(e, t);
	return Vc(e, {
		monthCode: Qc(e, i, a),
		day: o
	}, B(n, r, z));
}
function Jc(e, t, n, r, i, a, o, s) {
	let { calendar: c, timeZone: l } = e;
	return $i(Da(l, P(cs(n, c, r, i, a), er(t, a)), t.offset, o, s), l, c);
}
function Yc(e, t, n, r, i, a) {
	return ss(cs(t, n, r, i, a), er(e, a), n);
}
function Xc(e, t) {
	return {
		...It(Pn, e),
		...B(t, Pn, $o)
	};
}
function Zc(e, t) {
	return na((n = e, r = t, So({
		...n,
		...B(r, Kr, es)
	})));
	var n, r;
}
function Qc(e, t, n) {
	let [r, i] = Mr(e, t, n);
	return sn(r, i);
}
function $c(e, t, n) {
	let [r, i] = ((e, t) => {
		let n = t((e = Ai(e, "unit")).relativeTo), r = xi(e);
		return r = Qr("unit", r), [r, n];
	})(n, e), a = jo(t), o = Math.max(r, a), s = i && fo(i);
	if (!i && po(o, s)) return el(t, r);
	if (i || y("Missing relativeTo"), !t.sign && (!s || r < 6)) return 0;
	let [c, l, u] = oo(i, t, r);
	return po(r, s) ? el(c, r) : ((e, t, n, r) => {
		let i = j[n], a = Zr(n, e);
		return Ki(e[i], xo(e) || 1, t, (e) => (a[i] = e, co(r, a)));
	})(c, l, r, u);
}
function el(e, t) {
	return Cn(To(e), _n[t]);
}
function tl(e, t, n) {
	return $i(e.epochNanoseconds, t, n);
}
function nl(e) {
	return Qi(e.epochNanoseconds);
}
function rl(e) {
	return ea(L(e), e.calendar);
}
function il(e) {
	return I(L(e), e.calendar);
}
function al(e) {
	return ta(L(e));
}
function ol(e, t, n) {
	return $i(Hi(Oa(t, e, n)), t, e.calendar);
}
function sl(e, t, n) {
	let r;
	return r = n ? Oa(t, P(e, n)) : ka(t, P(e, Zn)), $i(r, t, e.calendar);
}
function cl(e, t, n) {
	return fl(e, It(R(e, Rn, zn), t), B(ht(n), En, z, []));
}
function ll(e, t, n) {
	let r = R(e, Tn, Fn);
	return fl(e, It(Bn, t), B(ht(n), r, z, []));
}
function ul(e, t) {
	let n = B(t, Bn, z), [r, i] = os(n, e);
	return us(n, e, r, i, 0);
}
function dl(e, t) {
	let n = B(t, R(e, Rn, zn), z), [r, i] = as(n, e, 1);
	return ls(n, e, r, i, 0);
}
function fl(e, t, n) {
	let r = R(e, Yn, Xn), i = Vc(e, t, n);
	i = B(i, r, z, []);
	let [a, o] = as(i, e);
	return cs(i, e, a, o, 0);
}
function pl(e) {
	return Qi(Hi(BigInt(ii(e)) * yn));
}
function ml(e) {
	return Qi(Hi(ri(e)));
}
function hl(e) {
	return e.timeZone = "UTC", ["full", "long"].includes(e.timeStyle) && (e.timeStyle = "medium"), e;
}
function gl(e, t) {
	return e.timeZone !== void 0 && b("Cannot specify TimeZone"), e.timeZone = t, e;
}
function _l(e, t, n) {
	let r = e.resolvedOptions().calendar;
	!n && t.calendar === void 0 || rn(t.calendar) === r || y("Mismatching Calendars");
}
function vl(e, t, n, r, i) {
	let a = new Set(e), o = new Set(t), s = new Set(n);
	return (e, t) => {
		let n, c, l = {}, u = {}, d = {}, f = 0, p = 0;
		for (let t of Object.keys(e)) {
			let r = e[t];
			r === void 0 || s.has(t) || (a.has(t) ? t === "dateStyle" ? n = r : t === "timeStyle" ? c = r : l[t] = r : t === "era" ? u[t] = r : o.has(t) ? t === "dateStyle" || t === "timeStyle" ? p = 1 : f = 1 : d[t] = r);
		}
		let m = n !== void 0, ee = c !== void 0, te = m || ee, ne = Object.keys(l).length > 0, re = f || p, ie = ne || m || ee, ae = Object.keys(u).length > 0;
		(!t && re || t && re && !ie || te && (ne || ae || f)) && b("Invalid formatting options");
		let oe = {};
		return te || ie || Object.assign(oe, r), Object.assign(oe, l, u, d), m && (i ? Object.assign(oe, i[n]) : oe.dateStyle = n), ee && (oe.timeStyle = c), oe;
	};
}
var yl = {
	year: "numeric",
	month: "numeric",
	day: "numeric"
}, bl = {
	hour: "numeric",
	minute: "numeric",
	second: "numeric"
}, xl = /*@__PURE__*/ Object.assign({}, yl, bl), Sl = [
	"weekday",
	"year",
	"month",
	"day",
	"dateStyle"
], Cl = [
	"dayPeriod",
	"hour",
	"minute",
	"second",
	"fractionalSecondDigits",
	"timeStyle"
], wl = /*@__PURE__*/ Sl.concat(Cl), Tl = /*@__PURE__*/ ["weekday", "day"].concat(Cl), El = /*@__PURE__*/ ["weekday", "year"].concat(Cl), Dl = /*@__PURE__*/ vl(wl, [], [], xl), Ol = /*@__PURE__*/ vl(wl, [], [], {
	...xl,
	timeZoneName: "short"
}), kl = /*@__PURE__*/ vl(wl, [], ["timeZoneName"], xl), Al = /*@__PURE__*/ vl(Sl, Cl, ["timeZoneName"], yl), jl = /*@__PURE__*/ vl(Cl, Sl, ["timeZoneName", "era"], bl), Ml = /*@__PURE__*/ vl([
	"year",
	"month",
	"dateStyle"
], Tl, ["timeZoneName"], {
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
}), Nl = /*@__PURE__*/ vl([
	"month",
	"day",
	"dateStyle"
], El, ["timeZoneName", "era"], {
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
function Pl(e, t) {
	let { timeZone: n } = e, r = P(L(e), t || Zn);
	return $i(t ? Oa(n, r) : ka(n, r), n, e.calendar);
}
function Fl(e) {
	let t = ki(Ai(e, "direction"), 0);
	return t || y(gt("direction", t)), t;
}
function Il(e) {
	let t = Ll(), n = e.B(t);
	return mr(t + BigInt(n));
}
function Ll() {
	return BigInt(Date.now()) * yn;
}
function Rl() {
	return new ms().resolvedOptions().timeZone || "UTC";
}
// node_modules/temporal-polyfill/chunks/apiHelpers.js
var zl = "PlainYearMonth", Bl = "PlainMonthDay", Vl = "PlainDate", Hl = "PlainDateTime", Ul = "PlainTime", Wl = "ZonedDateTime", Gl = "Instant", Kl = "Duration";
function ql(e, t, n, ...r) {
	return Object.defineProperties(t, At(e)), Object.defineProperties(t.prototype, Mt("Temporal." + e)), Object.defineProperties(t.prototype, Nt((e) => ({
		get() {
			return e(n(this));
		},
		configurable: 1
	}), Object.assign({}, ...r))), t;
}
var Jl = zt.name !== "noop" || globalThis.process ? zt : (e) => {
	Object.defineProperty(e, "_str_", { value: e.toJSON() });
};
function Yl() {
	b(bt);
}
function Xl() {
	b(yt);
}
var Zl = {
	era(e) {
		return Nr(e.calendar, e).era;
	},
	eraYear(e) {
		return Nr(e.calendar, e).eraYear;
	},
	year(e) {
		return A(e.calendar, e).year;
	},
	month(e) {
		return A(e.calendar, e).month;
	},
	monthCode(e) {
		return Lr(e.calendar, e);
	}
}, Ql = {
	era(e) {
		return Nr(e.calendar, e).era;
	},
	eraYear(e) {
		return Nr(e.calendar, e).eraYear;
	},
	year(e) {
		return A(e.calendar, e).year;
	},
	month(e) {
		return A(e.calendar, e).month;
	},
	monthCode(e) {
		return Lr(e.calendar, e);
	},
	day(e) {
		return A(e.calendar, e).day;
	}
}, $l = {
	monthCode(e) {
		return Lr(e.calendar, e);
	},
	day(e) {
		return A(e.calendar, e).day;
	}
}, eu = {
	daysInMonth(e) {
		return Br(e.calendar, e);
	},
	daysInYear(e) {
		return Vr(e.calendar, e);
	},
	monthsInYear(e) {
		return zr(e.calendar, e);
	},
	inLeapYear(e) {
		return Rr(e.calendar, e);
	}
}, tu = {
	dayOfWeek(e) {
		return wr(e);
	},
	dayOfYear(e) {
		return Hr(e.calendar, e);
	},
	weekOfYear(e) {
		return Ur(e.calendar, e);
	},
	yearOfWeek(e) {
		return Wr(e.calendar, e);
	},
	daysInWeek() {
		return 7;
	},
	daysInMonth(e) {
		return Br(e.calendar, e);
	},
	daysInYear(e) {
		return Vr(e.calendar, e);
	},
	monthsInYear(e) {
		return zr(e.calendar, e);
	},
	inLeapYear(e) {
		return Rr(e.calendar, e);
	}
};
function nu(e, t, n, r) {
	let [i, a, o, s] = Pi(e, r, 3, 5);
	return cu(e, Qa(t.epochNanoseconds, n.epochNanoseconds, i, a, o, s));
}
function ru(e, t, n, r) {
	let i = Ua(t.calendar, n.calendar), [a, o, s, c] = Pi(e, r, 5);
	return cu(e, Ka(i, t, n, a, o, s, c));
}
function iu(e, t, n, r) {
	let i = Ua(t.calendar, n.calendar), [a, o, s, c] = Pi(e, r, 6);
	return cu(e, qa(i, t, n, a, o, s, c));
}
function au(e, t, n, r) {
	let i = Ua(t.calendar, n.calendar), [a, o, s, c] = Pi(e, r, 6, 9, 6);
	return cu(e, Ya(i, t, n, a, o, s, c));
}
function ou(e, t, n, r) {
	let i = Ua(t.calendar, n.calendar), [a, o, s, c] = Pi(e, r, 9, 9, 8);
	return cu(e, Ja(i, t, n, a, o, s, c));
}
function su(e, t, n, r) {
	let [i, a, o, s] = Pi(e, r, 5, 5);
	return cu(e, Xa(t, n, i, a, o, s));
}
function cu(e, t) {
	return na(e ? bo(t) : t);
}
function lu(e, t, n) {
	let { calendar: r } = e, i = Gc(r, e, t), [a, o] = as(i, r);
	return cs(i, r, a, o, V(n));
}
function uu(e, t, n) {
	let { calendar: r } = e, [i, a] = Wc(r, e, t), [o, s] = as(a, r);
	return Yc(i, a, r, o, s, V(n));
}
function du(e, t, n) {
	let { calendar: r } = e, i = Kc(r, e, t), [a, o] = as(i, r, 1);
	return ls(i, r, a, o, V(n));
}
function fu(e, t, n) {
	let { calendar: r } = e, i = qc(r, e, t), [a, o] = os(i, r);
	return us(i, r, a, o, V(n));
}
function pu(e, t, n) {
	return Yo(Xc(e, t), V(n));
}
function mu(e, t, n) {
	let { calendar: r } = e, [i, a] = Uc(r, e, t), [o, s] = as(a, r), [c, l, u] = rs(n, 2);
	return Jc(e, i, a, o, s, c, l, u);
}
// node_modules/temporal-polyfill/chunks/classApi-basic.js
function hu(e) {
	let t = N(e).toLowerCase();
	return t === "iso8601" ? void 0 : t === "gregory" ? 0 : void y(wt(e, "temporal-polyfill/full"));
}
function gu(e = en) {
	return hu(e);
}
var _u = /*@__PURE__*/ new WeakMap(), vu = /*@__PURE__*/ ql(Wl, class {
	constructor(e, t, n = void 0) {
		let r = Hi(ri(e)), i = H(Js(t)), a = gu(n);
		Su(this, $i(r, i, a));
	}
	static from(e, t = void 0) {
		return U(xu(e, t));
	}
	static compare(e, t) {
		return Mo(xu(e), xu(t));
	}
	get calendarId() {
		return rn(W(this).calendar);
	}
	get timeZoneId() {
		return W(this).timeZone.id;
	}
	get epochMilliseconds() {
		return cr(W(this).epochNanoseconds);
	}
	get epochNanoseconds() {
		return W(this).epochNanoseconds;
	}
	get offset() {
		return zs(L(W(this)).offsetNanoseconds);
	}
	get offsetNanoseconds() {
		return L(W(this)).offsetNanoseconds;
	}
	get hoursInDay() {
		return ia(W(this));
	}
	with(e, t = void 0) {
		return U(mu(W(this), Wu(e), t));
	}
	withCalendar(e) {
		return U({
			...W(this),
			calendar: pd(e)
		});
	}
	withTimeZone(e) {
		return U({
			...W(this),
			timeZone: H(G(e))
		});
	}
	withPlainTime(e = void 0) {
		return U(Pl(W(this), Zu(e)));
	}
	add(e, t = void 0) {
		return U(ja(W(this), Q(e), V(t)));
	}
	subtract(e, t = void 0) {
		return U(ja(W(this), bo(Q(e)), V(t)));
	}
	until(e, t = void 0) {
		return X(ru(0, W(this), xu(e), t));
	}
	since(e, t = void 0) {
		return X(ru(1, W(this), xu(e), t));
	}
	round(e) {
		let t = W(this), [n, r, i] = Fi(e);
		return U(ra(t, n, r, i));
	}
	startOfDay() {
		return U(aa(W(this)));
	}
	equals(e) {
		return Ro(W(this), xu(e));
	}
	toInstant() {
		return Tu(nl(W(this)));
	}
	toPlainDateTime() {
		return td(rl(W(this)));
	}
	toPlainDate() {
		return sd(il(W(this)));
	}
	toPlainTime() {
		return qu(al(W(this)));
	}
	toLocaleString(e = void 0, t = {}) {
		let n = W(this), r = new ms(e, gl(Ol(t), Ga(n)));
		return _l(r, n), r.format(cr(n.epochNanoseconds));
	}
	toString(e = void 0) {
		return Cs(W(this), e);
	}
	toJSON() {
		return Cs(W(this));
	}
	getTimeZoneTransition(e) {
		let t = W(this), n = t.timeZone.C(t.epochNanoseconds, Fl(e));
		return n === void 0 ? null : U({
			...t,
			epochNanoseconds: n
		});
	}
	valueOf() {
		return Xl();
	}
}, yu, Ql, tu, wn);
function U(e) {
	return Su(Object.create(vu.prototype), e);
}
function W(e) {
	return bu(e) || Yl();
}
function yu(e) {
	let t = W(e);
	return {
		...L(t),
		calendar: t.calendar
	};
}
function bu(e) {
	return _u.get(e);
}
function xu(e, t) {
	if (v(e)) {
		let n = bu(e);
		return n ? (rs(t), n) : ac(G, dd(e), e, t);
	}
	return hc(e, hu, t);
}
function Su(e, t) {
	return _u.set(e, t), Jl(e), e;
}
function G(e) {
	if (v(e)) {
		let t = bu(e);
		return t || b(Tt(e)), t.timeZone.id;
	}
	return ((e) => Ys(Cc(N(e))))(e);
}
var Cu = /*@__PURE__*/ new WeakMap(), wu = /*@__PURE__*/ ql(Gl, class {
	constructor(e) {
		let t = Hi(ri(e));
		ku(this, Qi(t));
	}
	static from(e) {
		return Tu(Du(e));
	}
	static fromEpochMilliseconds(e) {
		return Tu(pl(e));
	}
	static fromEpochNanoseconds(e) {
		return Tu(ml(e));
	}
	static compare(e, t) {
		return Mo(Du(e), Du(t));
	}
	get epochMilliseconds() {
		return cr(K(this).epochNanoseconds);
	}
	get epochNanoseconds() {
		return K(this).epochNanoseconds;
	}
	add(e) {
		return Tu(Qi(Pa(K(this).epochNanoseconds, Q(e))));
	}
	subtract(e) {
		return Tu(Qi(Pa(K(this).epochNanoseconds, bo(Q(e)))));
	}
	until(e, t = void 0) {
		return X(nu(0, K(this), Du(e), t));
	}
	since(e, t = void 0) {
		return X(nu(1, K(this), Du(e), t));
	}
	round(e) {
		let t = K(this), [n, r, i] = Fi(e, 5, 1);
		return Tu(Qi(xa(t.epochNanoseconds, wa(n, r), i)));
	}
	equals(e) {
		return Lo(K(this), Du(e));
	}
	toZonedDateTimeISO(e) {
		return U(tl(K(this), H(G(e))));
	}
	toLocaleString(e = void 0, t = {}) {
		let n = K(this);
		return new ms(e, Dl(t)).format(cr(n.epochNanoseconds));
	}
	toString(e = void 0) {
		return Ss(G, K(this), e);
	}
	toJSON() {
		return Ss(G, K(this));
	}
	valueOf() {
		return Xl();
	}
});
function Tu(e) {
	return ku(Object.create(wu.prototype), e);
}
function K(e) {
	return Eu(e) || Yl();
}
function Eu(e) {
	return Cu.get(e);
}
function Du(e) {
	if (v(e)) {
		let t = Eu(e);
		if (t) return t;
		let n = bu(e);
		if (n) return Qi(n.epochNanoseconds);
	}
	return pc(e);
}
var { toTemporalInstant: Ou } = { toTemporalInstant() {
	let e = Date.prototype.valueOf.call(this);
	return Tu(Qi(BigInt(ei(e)) * yn));
} };
function ku(e, t) {
	return Cu.set(e, t), Jl(e), e;
}
var Au = /*@__PURE__*/ new WeakMap(), ju = /*@__PURE__*/ ql(Bl, class {
	constructor(e, t, n = void 0, r) {
		let i = _(e), a = _(t), o = gu(n), s = F(Ar({
			year: _(r ?? 1972),
			month: i,
			day: a
		}));
		Iu(this, I(s, o));
	}
	static from(e, t = void 0) {
		return Mu(Fu(e, t));
	}
	get calendarId() {
		return rn(Nu(this).calendar);
	}
	with(e, t = void 0) {
		return Mu(fu(Nu(this), Wu(e), t));
	}
	equals(e) {
		return Ho(Nu(this), Fu(e));
	}
	toPlainDate(e) {
		return sd(ll(Nu(this).calendar, this, e));
	}
	toLocaleString(e = void 0, t = {}) {
		let n = Nu(this), r = new ms(e, hl(Nl(t)));
		return _l(r, n, 1), r.format(dr(n));
	}
	toString(e = void 0) {
		return Ds(Nu(this), e);
	}
	toJSON() {
		return Ds(Nu(this));
	}
	valueOf() {
		return Xl();
	}
}, Nu, $l);
function Mu(e) {
	return Iu(Object.create(ju.prototype), e);
}
function Nu(e) {
	return Pu(e) || Yl();
}
function Pu(e) {
	return Au.get(e);
}
function Fu(e, t) {
	if (v(e)) {
		let n = Pu(e);
		if (n) return V(t), n;
		let r = fd(e);
		return lc(r === void 0 ? void 0 : r, r === void 0, e, t);
	}
	let n = yc(e, hu);
	return V(t), n;
}
function Iu(e, t) {
	return Au.set(e, t), Jl(e), e;
}
var Lu = /*@__PURE__*/ new WeakMap(), Ru = /*@__PURE__*/ ql(zl, class {
	constructor(e, t, n = void 0, r) {
		let i = _(e), a = _(t), o = gu(n), s = zi(Ar({
			year: i,
			month: a,
			day: _(r ?? 1)
		}));
		Hu(this, I(s, o));
	}
	static from(e, t = void 0) {
		return zu(Vu(e, t));
	}
	static compare(e, t) {
		return Fo(Vu(e), Vu(t));
	}
	get calendarId() {
		return rn(q(this).calendar);
	}
	with(e, t = void 0) {
		return zu(du(q(this), Wu(e), t));
	}
	add(e, t = void 0) {
		let n = q(this);
		return zu(I(Aa(n.calendar, n, Q(e), V(t)), n.calendar));
	}
	subtract(e, t = void 0) {
		let n = q(this);
		return zu(I(Aa(n.calendar, n, bo(Q(e)), V(t)), n.calendar));
	}
	until(e, t = void 0) {
		return X(ou(0, q(this), Vu(e), t));
	}
	since(e, t = void 0) {
		return X(ou(1, q(this), Vu(e), t));
	}
	equals(e) {
		return Vo(q(this), Vu(e));
	}
	toPlainDate(e) {
		return sd(cl(q(this).calendar, this, e));
	}
	toLocaleString(e = void 0, t = {}) {
		let n = q(this), r = new ms(e, hl(Ml(t)));
		return _l(r, n, 1), r.format(dr(n));
	}
	toString(e = void 0) {
		return Es(q(this), e);
	}
	toJSON() {
		return Es(q(this));
	}
	valueOf() {
		return Xl();
	}
}, q, Zl, eu);
function zu(e) {
	return Hu(Object.create(Ru.prototype), e);
}
function q(e) {
	return Bu(e) || Yl();
}
function Bu(e) {
	return Lu.get(e);
}
function Vu(e, t) {
	if (v(e)) {
		let n = Bu(e);
		return n ? (V(t), n) : cc(dd(e), e, t);
	}
	let n = vc(e, hu);
	return V(t), n;
}
function Hu(e, t) {
	return Lu.set(e, t), Jl(e), e;
}
function Uu(e) {
	if (!v(e)) return;
	let t = Eu(e);
	return t ? [Gl, t] : (t = bu(e), t ? [Wl, t] : (t = nd(e), t ? [Hl, t] : (t = cd(e), t ? [Vl, t] : (t = Yu(e), t ? [Ul, t] : (t = Bu(e), t ? [zl, t] : (t = Pu(e), t ? [Bl, t] : (t = gd(e), t ? [Kl, t] : void 0)))))));
}
function Wu(e) {
	return (Uu(e) || e.calendar !== void 0 || e.timeZone !== void 0) && b("Invalid bag"), e;
}
var Gu = /*@__PURE__*/ new WeakMap(), Ku = /*@__PURE__*/ ql(Ul, class {
	constructor(e = 0, t = 0, n = 0, r = 0, i = 0, a = 0) {
		let o = Qn(Nt(_, {
			hour: e,
			minute: t,
			second: n,
			millisecond: r,
			microsecond: i,
			nanosecond: a
		}));
		Qu(this, ta(o));
	}
	static from(e, t = void 0) {
		return qu(Xu(e, t));
	}
	static compare(e, t) {
		return Io(Xu(e), Xu(t));
	}
	with(e, t = void 0) {
		return qu(pu(Ju(this), Wu(e), t));
	}
	add(e) {
		return qu(Na(Ju(this), Q(e))[0]);
	}
	subtract(e) {
		return qu(Na(Ju(this), bo(Q(e)))[0]);
	}
	until(e, t = void 0) {
		return X(su(0, Ju(this), Xu(e), t));
	}
	since(e, t = void 0) {
		return X(su(1, Ju(this), Xu(e), t));
	}
	round(e) {
		let t = Ju(this), [n, r, i] = Fi(e, 5);
		return qu(da(t, n, r, i)[0]);
	}
	equals(e) {
		return Uo(Ju(this), Xu(e));
	}
	toLocaleString(e = void 0, t = {}) {
		let n = Ju(this);
		return new ms(e, hl(jl(t))).format(tr(n));
	}
	toString(e = void 0) {
		return ks(Ju(this), e);
	}
	toJSON() {
		return ks(Ju(this));
	}
	valueOf() {
		return Xl();
	}
}, Ju, wn);
function qu(e) {
	return Qu(Object.create(Ku.prototype), e);
}
function Ju(e) {
	return Yu(e) || Yl();
}
function Yu(e) {
	return Gu.get(e);
}
function Xu(e, t) {
	if (v(e)) {
		let n = Yu(e);
		if (n) return V(t), n;
		let r = nd(e);
		if (r) return V(t), ta(r);
		let i = bu(e);
		return i ? (V(t), al(i)) : uc(e, t);
	}
	let n = bc(e);
	return V(t), n;
}
function Zu(e) {
	return e === void 0 ? void 0 : Xu(e);
}
function Qu(e, t) {
	return Gu.set(e, t), Jl(e), e;
}
var $u = /*@__PURE__*/ new WeakMap(), ed = /*@__PURE__*/ ql(Hl, class {
	constructor(e, t, n, r = 0, i = 0, a = 0, o = 0, s = 0, c = 0, l = void 0) {
		let u = Bi(kr(Nt(_, {
			year: e,
			month: t,
			day: n,
			hour: r,
			minute: i,
			second: a,
			millisecond: o,
			microsecond: s,
			nanosecond: c
		}))), d = gu(l);
		id(this, ea(u, d));
	}
	static from(e, t = void 0) {
		return td(rd(e, t));
	}
	static compare(e, t) {
		return Po(rd(e), rd(t));
	}
	get calendarId() {
		return rn(J(this).calendar);
	}
	with(e, t = void 0) {
		return td(uu(J(this), Wu(e), t));
	}
	withCalendar(e) {
		return td(ea(J(this), pd(e)));
	}
	withPlainTime(e = void 0) {
		let t = J(this);
		return td(ss(t, Zu(e), t.calendar));
	}
	add(e, t = void 0) {
		let n = J(this);
		return td(ea(Ma(n.calendar, n, Q(e), V(t)), n.calendar));
	}
	subtract(e, t = void 0) {
		let n = J(this);
		return td(ea(Ma(n.calendar, n, bo(Q(e)), V(t)), n.calendar));
	}
	until(e, t = void 0) {
		return X(iu(0, J(this), rd(e), t));
	}
	since(e, t = void 0) {
		return X(iu(1, J(this), rd(e), t));
	}
	round(e) {
		let t = J(this), [n, r, i] = Fi(e);
		return td(ea(ua(t, n, r, i), t.calendar));
	}
	equals(e) {
		return zo(J(this), rd(e));
	}
	toZonedDateTime(e, t = void 0) {
		return U(ol(J(this), H(G(e)), is(t)));
	}
	toPlainDate() {
		let e = J(this);
		return sd(I(e, e.calendar));
	}
	toPlainTime() {
		return qu(ta(J(this)));
	}
	toLocaleString(e = void 0, t = {}) {
		let n = J(this), r = new ms(e, hl(kl(t)));
		return _l(r, n), r.format(lr(n));
	}
	toString(e = void 0) {
		return ws(J(this), e);
	}
	toJSON() {
		return ws(J(this));
	}
	valueOf() {
		return Xl();
	}
}, J, Ql, tu, wn);
function td(e) {
	return id(Object.create(ed.prototype), e);
}
function J(e) {
	return nd(e) || Yl();
}
function nd(e) {
	return $u.get(e);
}
function rd(e, t) {
	if (v(e)) {
		let n = nd(e);
		if (n) return V(t), n;
		let r = cd(e);
		if (r) return V(t), ea(P(r, Zn), r.calendar);
		let i = bu(e);
		return i ? (V(t), rl(i)) : oc(dd(e), e, t);
	}
	let n = gc(e, hu);
	return V(t), n;
}
function id(e, t) {
	return $u.set(e, t), Jl(e), e;
}
var ad = /*@__PURE__*/ new WeakMap(), od = /*@__PURE__*/ ql(Vl, class {
	constructor(e, t, n, r = void 0) {
		let i = F(Ar(Nt(_, {
			year: e,
			month: t,
			day: n
		}))), a = gu(r);
		ud(this, I(i, a));
	}
	static from(e, t = void 0) {
		return sd(ld(e, t));
	}
	static compare(e, t) {
		return Fo(ld(e), ld(t));
	}
	get calendarId() {
		return rn(Y(this).calendar);
	}
	with(e, t = void 0) {
		return sd(lu(Y(this), Wu(e), t));
	}
	withCalendar(e) {
		return sd(I(Y(this), pd(e)));
	}
	add(e, t = void 0) {
		let n = Y(this);
		return sd(I(Fa(n.calendar, n, Q(e), V(t)), n.calendar));
	}
	subtract(e, t = void 0) {
		let n = Y(this);
		return sd(I(Fa(n.calendar, n, bo(Q(e)), V(t)), n.calendar));
	}
	until(e, t = void 0) {
		return X(au(0, Y(this), ld(e), t));
	}
	since(e, t = void 0) {
		return X(au(1, Y(this), ld(e), t));
	}
	equals(e) {
		return Bo(Y(this), ld(e));
	}
	toZonedDateTime(e) {
		let t = v(e) ? {
			timeZone: e.timeZone,
			plainTime: e.plainTime
		} : { timeZone: e }, n = Y(this), r = G(t.timeZone), i = t.plainTime, a = i === void 0 ? void 0 : Xu(i);
		return U(sl(n, H(r), a));
	}
	toPlainDateTime(e = void 0) {
		let t = Y(this);
		return td(ss(t, Zu(e), t.calendar));
	}
	toPlainYearMonth() {
		return zu(dl(Y(this).calendar, this));
	}
	toPlainMonthDay() {
		return Mu(ul(Y(this).calendar, this));
	}
	toLocaleString(e = void 0, t = {}) {
		let n = Y(this), r = new ms(e, hl(Al(t)));
		return _l(r, n), r.format(dr(n));
	}
	toString(e = void 0) {
		return Ts(Y(this), e);
	}
	toJSON() {
		return Ts(Y(this));
	}
	valueOf() {
		return Xl();
	}
}, Y, Ql, tu);
function sd(e) {
	return ud(Object.create(od.prototype), e);
}
function Y(e) {
	return cd(e) || Yl();
}
function cd(e) {
	return ad.get(e);
}
function ld(e, t) {
	if (v(e)) {
		let n = cd(e);
		if (n) return V(t), n;
		let r = nd(e);
		if (r) return V(t), I(r, r.calendar);
		let i = bu(e);
		return i ? (V(t), il(i)) : sc(dd(e), e, t);
	}
	let n = _c(e, hu);
	return V(t), n;
}
function ud(e, t) {
	return ad.set(e, t), Jl(e), e;
}
function dd(e) {
	let t = fd(e);
	return t === void 0 ? void 0 : t;
}
function fd(e) {
	let { calendar: t } = e;
	if (t !== void 0) return pd(t);
}
function pd(e) {
	if (v(e)) {
		let t = cd(e) || nd(e) || bu(e) || Pu(e) || Bu(e);
		return t || b(Ct(e)), t.calendar;
	}
	return ((e) => hu(Sc(N(e))))(e);
}
var md = /*@__PURE__*/ new WeakMap(), hd = /*@__PURE__*/ ql(Kl, class {
	constructor(e = 0, t = 0, n = 0, r = 0, i = 0, a = 0, o = 0, s = 0, c = 0, l = 0) {
		let u = So(Nt(ii, {
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
		vd(this, na(u));
	}
	static from(e) {
		return X(Q(e));
	}
	static compare(e, t, n = void 0) {
		return No(_d, Q(e), Q(t), n);
	}
	get sign() {
		return Z(this).sign;
	}
	get blank() {
		return !Z(this).sign;
	}
	with(e) {
		return X(Zc(Z(this), e));
	}
	negated() {
		return X(yo(Z(this)));
	}
	abs() {
		return X(vo(Z(this)));
	}
	add(e) {
		return X(go(0, Z(this), Q(e)));
	}
	subtract(e) {
		return X(go(1, Z(this), Q(e)));
	}
	round(e) {
		return X(_o(_d, Z(this), e));
	}
	total(e) {
		return $c(_d, Z(this), e);
	}
	toLocaleString(e = void 0, t) {
		let n = Z(this);
		return Intl.DurationFormat ? new Intl.DurationFormat(e, t).format(n) : As(n, t);
	}
	toString(e = void 0) {
		return As(Z(this), e);
	}
	toJSON() {
		return As(Z(this));
	}
	valueOf() {
		return Xl();
	}
}, Z, Gr);
function X(e) {
	return vd(Object.create(hd.prototype), e);
}
function Z(e) {
	return gd(e) || Yl();
}
function gd(e) {
	return md.get(e);
}
function Q(e) {
	return v(e) ? gd(e) || dc(e) : xc(e);
}
function _d(e) {
	if (e !== void 0) {
		if (v(e)) {
			let t = bu(e);
			if (t) return t;
			let n = cd(e);
			if (n) return n;
			let r = nd(e);
			return r ? I(r, r.calendar) : ic(G, dd(e), e);
		}
		return mc(e, hu);
	}
}
function vd(e, t) {
	return md.set(e, t), Jl(e), e;
}
var yd = /*@__PURE__*/ Object.defineProperties({}, {
	...Mt("Temporal.Now"),
	...jt({
		timeZoneId() {
			return Rl();
		},
		instant() {
			return Tu(Qi(Ll()));
		},
		zonedDateTimeISO(e = Rl()) {
			let t = H(G(e));
			return U($i(Ll(), t));
		},
		plainDateTimeISO(e = Rl()) {
			return td(ea(Il(H(G(e)))));
		},
		plainDateISO(e = Rl()) {
			return sd(I(Il(H(G(e)))));
		},
		plainTimeISO(e = Rl()) {
			return qu(ta(Il(H(G(e)))));
		}
	})
}), bd = /*@__PURE__*/ Object.defineProperties({}, {
	...Mt("Temporal"),
	...jt({
		PlainYearMonth: Ru,
		PlainMonthDay: ju,
		PlainDate: od,
		PlainTime: Ku,
		PlainDateTime: ed,
		ZonedDateTime: vu,
		Instant: wu,
		Duration: hd,
		Now: yd
	})
}), xd = Ze || bd;
Ze && Date.prototype.toTemporalInstant;
// examples/lobby/src/every-minute.ts
var Sd = 6e4, Cd = class {
	#e;
	#t;
	constructor(e) {
		this.#e = e, e.addController(this);
	}
	get now() {
		return xd.Now.zonedDateTimeISO();
	}
	hostConnected() {
		this.#n();
	}
	hostDisconnected() {
		clearTimeout(this.#t);
	}
	#n() {
		let e = Sd - Date.now() % Sd;
		this.#t = setTimeout(() => {
			this.#e.requestUpdate(), this.#n();
		}, e + 20);
	}
};
function wd(e, t) {
	let n = xd.PlainTime.from(t);
	return n.hour * 60 + n.minute - (e.hour * 60 + e.minute);
}
// examples/lobby/src/page-element.ts
var Td = class extends Ye {
	createRenderRoot() {
		return this;
	}
}, Ed = class extends Td {
	#e = new Cd(this);
	render() {
		let e = this.#e.now, t = String(e.hour).padStart(2, "0"), n = String(e.minute).padStart(2, "0");
		return h`
      <time class="clock-time" datetime="${t}:${n}">${t}<span class="clock-colon">:</span>${n}</time>
      <p class="clock-date">${e.toLocaleString("en-GB", {
			weekday: "long",
			day: "numeric",
			month: "long"
		}).replace(",", "")}</p>
    `;
	}
};
customElements.define("lobby-clock", Ed);
// examples/lobby/src/events-card.ts
var Dd = 60;
function Od(e, t) {
	let n = wd(e, t.from);
	return n <= 0 ? {
		kind: "now",
		text: `until ${t.until}`
	} : n <= Dd ? {
		kind: "soon",
		text: `in ${n} min`
	} : {
		kind: "later",
		text: ""
	};
}
var kd = class extends Td {
	static properties = { events: { attribute: !1 } };
	#e = new Cd(this);
	render() {
		if (!this.events) return g;
		let e = this.#e.now, t = this.events.filter((t) => wd(e, t.until) > 0), n = t.length > 0;
		return h`
      <h2>${n ? "Today in the house" : "Tomorrow in the house"}</h2>
      <ol class="events">
        ${(n ? t : this.events).map((t) => {
			let { kind: r, text: i } = n ? Od(e, t) : {
				kind: "later",
				text: ""
			};
			return h`
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
customElements.define("lobby-events", kd);
// node_modules/lit-html/directive.js
var Ad = (e) => (...t) => ({
	_$litDirective$: e,
	values: t
}), jd = class {
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
}, { I: Md } = Ge, Nd = {}, Pd = (e, t = Nd) => e._$AH = t, Fd = Ad(class extends jd {
	constructor() {
		super(...arguments), this.key = g;
	}
	render(e, t) {
		return this.key = e, t;
	}
	update(e, [t, n]) {
		return t !== this.key && (Pd(e), this.key = t), n;
	}
}), Id = 9e3, Ld = class extends Td {
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
		}, Id);
	}
	disconnectedCallback() {
		super.disconnectedCallback(), clearInterval(this.#e);
	}
	render() {
		if (!this.items) return g;
		let e = this.items.length, t = this.index > 0 ? this.items[(this.index - 1) % e] : void 0;
		return h`
      <span class="news-label">House news</span>
      <span class="news-window">
        ${Fd(this.index, h`${t ? h`<span class="news-line news-out">${t}</span>` : g}
            <span class="news-line ${t ? "news-in" : ""}">${this.items[this.index % e]}</span>`)}
      </span>
    `;
	}
};
customElements.define("lobby-news", Ld);
// examples/lobby/src/sky-icons.ts
var Rd = "M17 37h19a8.5 8.5 0 0 0 1.2-16.9A12 12 0 0 0 14.6 22 7.6 7.6 0 0 0 17 37Z", zd = (e, t, n, r) => [
	0,
	45,
	90,
	135,
	180,
	225,
	270,
	315
].map((i) => Ae`<path d="M${e} ${t - n}V${t - r}" transform="rotate(${i} ${e} ${t})" class="sky-gold" />`), Bd = {
	sun: Ae`<circle cx="24" cy="24" r="8.5" class="sky-gold sky-fill" />${zd(24, 24, 13, 18)}`,
	"part-sun": Ae`<circle cx="31" cy="16" r="6.5" class="sky-gold sky-fill" />${zd(31, 16, 10, 13.5)}
    <path d=${Rd} class="sky-cover" transform="translate(-2 3)" />`,
	cloud: Ae`<path d="M30 14.5a9 9 0 0 1 12 8.4 7 7 0 0 1-3 5.7" /><path d=${Rd} transform="translate(-2 2)" />`,
	mist: Ae`<path d="M8 17h24M38 17h3M6 24h5M17 24h25M9 31h22M37 31h5M15 38h18" />`,
	rain: Ae`<path d=${Rd} transform="translate(-1 -6)" /><path d="m17 36-2 6M25 36l-2 6M33 36l-2 6" class="sky-blue" />`,
	"clear-night": Ae`<path d="M35 29.5A14.5 14.5 0 0 1 20.6 10 14.8 14.8 0 1 0 35 29.5Z" class="sky-gold sky-fill" />
    <path d="M33 11v5M30.5 13.5h5M40 20v3.4M38.3 21.7h3.4" class="sky-gold" />`
}, Vd = (e) => Ae`<svg class="sky" viewBox="0 0 48 48" aria-hidden="true">${Bd[e]}</svg>`, Hd = class extends Td {
	static properties = { weather: { attribute: !1 } };
	#e = new Cd(this);
	render() {
		if (!this.weather) return g;
		let e = this.#e.now, t = this.weather.hours.filter((t) => t.hour <= e.hour).at(-1) ?? this.weather.hours[0];
		return t ? h`
      <div class="weather-now">
        ${Vd(t.sky)}
        <p class="weather-degrees">${t.temperature}°</p>
        <div class="weather-words">
          <p class="weather-summary">${this.weather.summary}</p>
          <p class="weather-sun">Sunrise ${this.weather.sunrise}<span class="dot"></span>Sunset ${this.weather.sunset}</p>
        </div>
      </div>
      <ul class="weather-outlook">
        ${this.weather.outlook.map((t, n) => h`<li><b>${e.add({ days: n + 1 }).toLocaleString("en-GB", { weekday: "short" })}</b>${Vd(t.sky)}<span>${t.high}°<i>${t.low}°</i></span></li>`)}
      </ul>
    ` : g;
	}
};
customElements.define("lobby-weather", Hd);
// node_modules/valibot/dist/index.mjs
var Ud = {
	lang: void 0,
	message: void 0,
	abortEarly: void 0,
	abortPipeEarly: void 0
};
/* @__NO_SIDE_EFFECTS__ */
function Wd(e) {
	return e ? {
		lang: e?.lang ?? void 0,
		message: e?.message,
		abortEarly: e?.abortEarly ?? void 0,
		abortPipeEarly: e?.abortPipeEarly ?? void 0
	} : Ud;
}
/* @__NO_SIDE_EFFECTS__ */
function Gd(e) {
	let t = typeof e;
	return t === "string" ? `"${e}"` : t === "number" || t === "bigint" || t === "boolean" ? `${e}` : t === "object" || t === "function" ? (e && Object.getPrototypeOf(e)?.constructor?.name) ?? "null" : t;
}
function Kd(e, t, n, r, i) {
	let a = i && "input" in i ? i.input : n.value, o = i?.expected ?? e.expects ?? null, s = i?.received ?? /* @__PURE__ */ Gd(a), c = {
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
function qd(e, t) {
	let n = [...new Set(e)];
	return n.length > 1 ? `(${n.join(` ${t} `)})` : n[0] ?? "never";
}
function Jd(e) {
	return e["~standard"] = {
		version: 1,
		vendor: "valibot",
		validate: (t) => e["~run"]({ value: t }, /* @__PURE__ */ Wd())
	}, e;
}
/* @__NO_SIDE_EFFECTS__ */
function Yd(e) {
	if (e.path) {
		let t = "";
		for (let n of e.path) if (typeof n.key == "string" || typeof n.key == "number") t += t ? `.${n.key}` : n.key;
		else return null;
		return t;
	}
	return null;
}
/* @__NO_SIDE_EFFECTS__ */
function Xd(e) {
	return {
		kind: "validation",
		type: "integer",
		reference: Xd,
		async: !1,
		expects: null,
		requirement: Number.isInteger,
		message: e,
		"~run"(e, t) {
			return e.typed && !this.requirement(e.value) && Kd(this, "integer", e, t), e;
		}
	};
}
/* @__NO_SIDE_EFFECTS__ */
function Zd(e, t) {
	return {
		kind: "validation",
		type: "min_value",
		reference: Zd,
		async: !1,
		expects: `>=${e instanceof Date ? e.toJSON() : /* @__PURE__ */ Gd(e)}`,
		requirement: e,
		message: t,
		"~run"(e, t) {
			return e.typed && !(e.value >= this.requirement) && Kd(this, "value", e, t, { received: e.value instanceof Date ? e.value.toJSON() : /* @__PURE__ */ Gd(e.value) }), e;
		}
	};
}
/* @__NO_SIDE_EFFECTS__ */
function Qd(e) {
	return {
		kind: "validation",
		type: "non_empty",
		reference: Qd,
		async: !1,
		expects: "!0",
		message: e,
		"~run"(e, t) {
			return e.typed && e.value.length === 0 && Kd(this, "length", e, t, { received: "0" }), e;
		}
	};
}
/* @__NO_SIDE_EFFECTS__ */
function $d(e, t) {
	return {
		kind: "validation",
		type: "regex",
		reference: $d,
		async: !1,
		expects: `${e}`,
		requirement: e,
		message: t,
		"~run"(e, t) {
			return e.typed && !this.requirement.test(e.value) && Kd(this, "format", e, t), e;
		}
	};
}
/* @__NO_SIDE_EFFECTS__ */
function ef(e, t, n) {
	return typeof e.fallback == "function" ? e.fallback(t, n) : e.fallback;
}
/* @__NO_SIDE_EFFECTS__ */
function tf(e, t, n) {
	return typeof e.default == "function" ? e.default(t, n) : e.default;
}
/* @__NO_SIDE_EFFECTS__ */
function nf(e, t) {
	return Jd({
		kind: "schema",
		type: "array",
		reference: nf,
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
			} else Kd(this, "type", e, t);
			return e;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function rf(e) {
	return Jd({
		kind: "schema",
		type: "number",
		reference: rf,
		expects: "number",
		async: !1,
		message: e,
		"~run"(e, t) {
			return typeof e.value == "number" && !isNaN(e.value) ? e.typed = !0 : Kd(this, "type", e, t), e;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function af(e, t) {
	return Jd({
		kind: "schema",
		type: "object",
		reference: af,
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
						let a = r in n ? n[r] : /* @__PURE__ */ tf(i), o = i["~run"]({ value: a }, t);
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
					} else if (i.fallback !== void 0) e.value[r] = /* @__PURE__ */ ef(i);
					else if (i.type !== "exact_optional" && i.type !== "optional" && i.type !== "nullish" && (Kd(this, "key", e, t, {
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
			} else Kd(this, "type", e, t);
			return e;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function of(e, t) {
	return Jd({
		kind: "schema",
		type: "optional",
		reference: of,
		expects: `(${e.expects} | undefined)`,
		async: !1,
		wrapped: e,
		default: t,
		"~run"(e, t) {
			return e.value === void 0 && (this.default !== void 0 && (e.value = /* @__PURE__ */ tf(this, e, t)), e.value === void 0) ? (e.typed = !0, e) : this.wrapped["~run"](e, t);
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function sf(e, t) {
	return Jd({
		kind: "schema",
		type: "picklist",
		reference: sf,
		expects: /* @__PURE__ */ qd(e.map(Gd), "|"),
		async: !1,
		options: e,
		message: t,
		"~run"(e, t) {
			return this.options.includes(e.value) ? e.typed = !0 : Kd(this, "type", e, t), e;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function cf(e) {
	return Jd({
		kind: "schema",
		type: "string",
		reference: cf,
		expects: "string",
		async: !1,
		message: e,
		"~run"(e, t) {
			return typeof e.value == "string" ? e.typed = !0 : Kd(this, "type", e, t), e;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function lf(...e) {
	return Jd({
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
function uf(e, t, n) {
	let r = e["~run"]({ value: t }, /* @__PURE__ */ Wd(n));
	return {
		typed: r.typed,
		success: !r.issues,
		output: r.value,
		issues: r.issues
	};
}
// examples/lobby/src/house-data.ts
var df = /* @__PURE__ */ lf(/* @__PURE__ */ cf(), /* @__PURE__ */ $d(/^([01]\d|2[0-3]):[0-5]\d$/, "a time must look like 09:30")), $ = /* @__PURE__ */ lf(/* @__PURE__ */ cf(), /* @__PURE__ */ Qd()), ff = /* @__PURE__ */ sf([
	"sun",
	"part-sun",
	"cloud",
	"mist",
	"rain",
	"clear-night"
]), pf = /* @__PURE__ */ af({
	name: $,
	place: $,
	greetings: /* @__PURE__ */ lf(/* @__PURE__ */ nf(/* @__PURE__ */ af({
		text: $,
		lang: $
	})), /* @__PURE__ */ Qd()),
	slideSeconds: /* @__PURE__ */ lf(/* @__PURE__ */ rf(), /* @__PURE__ */ Zd(4)),
	slides: /* @__PURE__ */ lf(/* @__PURE__ */ nf(/* @__PURE__ */ af({
		picture: $,
		title: $,
		text: $,
		focus: /* @__PURE__ */ of(/* @__PURE__ */ rf())
	})), /* @__PURE__ */ Qd())
}), mf = /* @__PURE__ */ af({ events: /* @__PURE__ */ nf(/* @__PURE__ */ af({
	from: df,
	until: df,
	title: $,
	room: $,
	floor: $
})) }), hf = /* @__PURE__ */ af({
	place: $,
	sunrise: df,
	sunset: df,
	summary: $,
	hours: /* @__PURE__ */ lf(/* @__PURE__ */ nf(/* @__PURE__ */ af({
		hour: /* @__PURE__ */ lf(/* @__PURE__ */ rf(), /* @__PURE__ */ Xd()),
		temperature: /* @__PURE__ */ rf(),
		sky: ff
	})), /* @__PURE__ */ Qd()),
	outlook: /* @__PURE__ */ nf(/* @__PURE__ */ af({
		high: /* @__PURE__ */ rf(),
		low: /* @__PURE__ */ rf(),
		sky: ff
	}))
}), gf = /* @__PURE__ */ af({ items: /* @__PURE__ */ lf(/* @__PURE__ */ nf($), /* @__PURE__ */ Qd()) });
async function _f(e, t) {
	let n = await fetch(`data/${e}`);
	if (!n.ok) throw Error(`data/${e} could not be read (status ${n.status}).`);
	let r = /* @__PURE__ */ uf(t, await n.json());
	if (r.success) return r.output;
	let i = r.issues[0];
	throw Error(`data/${e}: ${i.message} (at ${/* @__PURE__ */ Yd(i) ?? "the top"}).`);
}
var vf = () => _f("house.json", pf), yf = () => _f("events.json", mf), bf = () => _f("weather.json", hf), xf = () => _f("news.json", gf), Sf = [
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
], Cf = 2600, wf = class {
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
		let t = this.#t[e], n = Sf[this.#i % Sf.length];
		if (!t || !n) return;
		let r = new Image();
		r.alt = "", r.src = t.picture, r.className = "slide", t.focus !== void 0 && r.style.setProperty("--focus", `${t.focus}%`), r.style.setProperty("--from", n.from), r.style.setProperty("--to", n.to), r.style.setProperty("--move-time", `${this.#n + Cf * 2}ms`), await r.decode();
		let i = [...this.#e.children];
		i.length === 0 && r.classList.add("slide-first"), this.#e.append(r), this.#i += 1, this.#r(e), setTimeout(() => {
			for (let e of i) e.remove();
		}, 2700);
	}
}, Tf = Ae`<svg class="brand-leaf" viewBox="0 0 48 48" aria-hidden="true">
  <path d="M24 4c11 8 15 17 12 26-2 6-7 9-12 9s-10-3-12-9C9 21 13 12 24 4Z" />
  <path d="M24 45V13M24 33l8.5-7M24 33l-8.5-7M24 25l7-6M24 25l-7-6" />
</svg>`, Ef = () => new Promise((e) => {
	requestAnimationFrame(() => requestAnimationFrame(() => e())), setTimeout(e, 600);
});
function Df() {
	(window.frameElement?.larder)?.ready();
}
function Of(e, t) {
	let n = e.slides[t], r = e.greetings[t % e.greetings.length], i = document.querySelector(".words");
	if (!n || !r || !i) return;
	let a = h`
    <p class="greeting" lang=${r.lang}>${r.text}</p>
    <p class="caption"><b>${n.title}</b><span>${n.text}</span></p>
  `, o = document.createElement("div");
	o.className = "words-block", qe(a, o), i.replaceChildren(o);
	for (let [e, n] of [...document.querySelectorAll(".marks i")].entries()) n.classList.toggle("mark-on", e === t);
}
async function kf(e, t) {
	let [n, r, i, a, ...o] = await Promise.all([
		vf(),
		yf(),
		bf(),
		xf(),
		...t.map((e) => e())
	]);
	qe(h`
      <div class="stage"></div>
      <div class="scrim"></div>
      <main class="lobby" style="--slide-time: ${n.slideSeconds}s">
        <header class="brand">${Tf}<p><b>${n.name}</b><span>${n.place}</span></p></header>
        <section class="words"></section>
        <lobby-clock></lobby-clock>
        <aside class="panel ${o.length > 0 ? "panel-full" : ""}">
          <lobby-weather class="card" .weather=${i}></lobby-weather>
          <lobby-events class="card" .events=${r.events}></lobby-events>
          ${o}
        </aside>
        <footer>
          <lobby-news .items=${a.items}></lobby-news>
          <span class="marks">${n.slides.map(() => h`<i></i>`)}</span>
          <span class="version">${e}</span>
        </footer>
      </main>
    `, document.body);
	let s = document.querySelector(".stage");
	if (!s) throw Error("The page has no place for the pictures.");
	await new wf(s, n, (e) => Of(n, e)).start();
}
async function Af(e, t = []) {
	try {
		await kf(e, t), await document.fonts.ready, await Ef();
	} catch (e) {
		throw qe(h`<p class="failure">This screen could not start. ${e instanceof Error ? e.message : String(e)}</p>`, document.body), e;
	}
	document.title = `Lobby ${e}`, document.documentElement.dataset.version = e, document.documentElement.classList.add("is-ready"), Df();
}
// examples/lobby/src/v1.ts
await Af("1.0.0");
