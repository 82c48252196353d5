var O, Tn, fe, xt, Qe, zn, Xe, Un, Lt, kt, at = Symbol.for("pv"), _e = {}, $e = [], pr = /^m(i|n|o|s|text|space)$/, Bt = Array.isArray, In = $e.slice, xe = Object.assign;
function ve(e) {
  e && e.parentNode && e.remove();
}
function Ge(e, t, r, i, a) {
  var s = { type: e, props: t, key: r, ref: i, __k: null, __: null, __b: 0, __e: null, __c: null, constructor: at, __v: a || ++Tn, __i: -1, __u: 0 };
  return !a && O.vnode && O.vnode(s), s;
}
function E(e) {
  return e.children;
}
function je(e, t) {
  this.props = e, this.context = t, this.__g = 0;
}
function me(e, t) {
  if (t == null) return e.__ && me(e.__, e.__i + 1);
  for (var r; t < e.__k.length; t++) if ((r = e.__k[t]) && r.__e) return r.__e;
  return typeof e.type != "function" || e.props.__P ? null : me(e);
}
function fr(e) {
  var t, r = e.__v, i = r.__e, a = [], s = [], l = e.__P;
  l && ((t = xe({ constructor: at }, r)).__v = r.__v + 1, O.vnode && O.vnode(t), qt(l, t, r, e.__n, l.namespaceURI, 32 & r.__u ? [i] : null, a, i || me(r), 32 & r.__u, s), t.__v = r.__v, t.__.__k[t.__i] = t, Pn(a, t, s), r.__ = r.__e = null, t.__e != i && Wn(t));
}
function Wn(e) {
  if ((e = e.__) && e.__c && !e.props.__P) return e.__e = null, e.__k.some(function(t) {
    return t && (e.__e = t.__e);
  }), Wn(e);
}
function _t(e) {
  (8 & e.__g || (e.__g |= 8, fe.push(e), Qe++)) && xt == O.debounceRendering || ((xt = O.debounceRendering) || queueMicrotask)(Ln);
}
function Ln() {
  try {
    for (var e, t = 1; fe.length; ) fe.length > t && fe.sort(zn), e = fe.shift(), t = fe.length, 8 & e.__g && fr(e);
  } finally {
    (Qe = fe.length) && (xt || queueMicrotask)(Ln);
  }
}
function Bn(e, t, r, i, a, s, l, o, c, d, h) {
  var p, m, u, f, v, b, x = i.__k || $e, g = t.length;
  for (c = mr(r, t, x, c, g), p = 0; p < g; p++) (u = r.__k[p]) != null && (m = ~u.__i && x[u.__i] || _e, u.__i = p, b = qt(e, u, m, a, s, l, o, c, d, h), f = u.__e, (m.ref != u.ref || 8 & m.__u) && (m.ref && Dt(m.ref, null, u, m), u.ref && h.push(u.ref, u.__c || f, u)), v = v || f, 4 & u.__u ? (c = qn(u, c, e, !m.__v), m.__e && (m.__e = null)) : typeof u.type == "function" && b !== void 0 ? c = b : f && (c = f.nextSibling), u.__u &= -21);
  return r.__e = v, c;
}
function mr(e, t, r, i, a) {
  var s, l, o, c, d, h, p, m, u, f = r.length, v = f, b = 0, x = 0, g = e.__k = Array(a);
  for (s = 0; s < a; s++) (l = t[s]) != null && typeof l != "boolean" && typeof l != "function" ? (typeof l != "object" || l.constructor === String ? l = g[s] = Ge(null, l) : Bt(l) ? l = g[s] = Ge(E, { children: l }) : l.constructor === at && l.__b ? l = g[s] = Ge(l.type, l.props, l.key, l.ref, l.__v) : g[s] = l, c = s + b, l.__ = e, l.__b = e.__b + 1, o = null, ~(d = l.__i = gr(l, r, c, v)) && (v--, (o = r[d]) && (o.__u |= 2)), o && o.__v ? (l.__u |= 16, d == c - 1 ? b-- : d == c + 1 ? b++ : d != c && (d > c ? b-- : b++, x = 1)) : (~d || (a > f ? b-- : a < f && b++), typeof l.type != "function" && (l.__u |= 4))) : g[s] = null;
  if (x) {
    for (h = [], p = [], s = 0; s < a; s++) if ((l = g[s]) && 16 & l.__u) {
      for (b = 0, m = h.length; b < m; ) h[u = b + m >> 1] < l.__i ? b = u + 1 : m = u;
      h[b] = l.__i, p[s] = b + 1;
    }
    for (b = h.length; s--; ) p[s] && (p[s] == b ? b-- : g[s].__u |= 4);
  }
  if (v) for (s = 0; s < f; s++) !(o = r[s]) || 2 & o.__u || (o.__e == i && (i = me(o)), Pt(o, o));
  return i;
}
function qn(e, t, r, i) {
  var a, s, l, o;
  if (typeof e.type == "function") {
    if (e.props.__P) return t;
    if (a = e.__k) for (s = 0; s < a.length; s++) a[s] && (a[s].__ = e, t = qn(a[s], t, r, !1));
    return t;
  }
  for (t && !t.parentNode && (t = me(e)) && !t.parentNode && (t = null), l = e.__e, o = t; o && o.nodeType == 8; ) o = o.nextSibling;
  for (l != o && (!i && r.moveBefore && l.parentNode ? r.moveBefore(l, t) : r.insertBefore(l, t || null)), t = l; (t = t && t.nextSibling) && t.nodeType == 8 && !t.data.startsWith("$s"); ) ;
  return t;
}
function gr(e, t, r, i) {
  var a, s = e.key, l = e.type, o = t[r], c = o && !(2 & o.__u);
  if (o === null && s == null || c && s == o.key && l == o.type) return r;
  if (i > (c ? 1 : 0)) {
    for (a = r - 1; a >= 0; a--) if ((o = t[a]) && !(2 & o.__u) && s == o.key && l == o.type) return a;
    for (a = r + 1; a < t.length; a++) if ((o = t[a]) && !(2 & o.__u) && s == o.key && l == o.type) return a;
  }
  return -1;
}
function $t(e, t, r) {
  r == null && (r = ""), t[0] == "-" ? e.setProperty(t, r) : e[t] = r;
}
function He(e, t, r, i, a) {
  var s, l;
  if (t == "style") if (typeof r == "string") e.style.cssText = r;
  else {
    if (typeof i == "string" && (e.style.cssText = i = ""), i) for (t in i) r && t in r || $t(e.style, t);
    if (r) for (t in r) i && r[t] == i[t] || $t(e.style, t, r[t]);
  }
  else if (t[0] == "o" && t[1] == "n") typeof r != "function" && (r = null), typeof i != "function" && (i = null), (e.__e || (e.__e = {}))[t] = r, r && i || (l = kt[t] || (kt[t] = br(t)), (e.__a || (e.__a = {}))[t] = Lt, s = t != (t = t.replace(Un, "$1")), (t = t.slice(2))[0] < "a" && (t = t.toLowerCase()), r ? e.addEventListener(t, l, s) : e.removeEventListener(t, l, s));
  else {
    if (a == "http://www.w3.org/2000/svg") t = t.replace(/xlink(H|:h)/, "h").replace(/sName$/, "s");
    else if (t != "width" && t != "height" && t != "href" && t != "list" && t != "form" && t != "tabIndex" && t != "download" && t != "rowSpan" && t != "colSpan" && t != "role" && t != "popover" && t in e) try {
      return void (e[t] = r ?? "");
    } catch {
    }
    if (typeof r == "function") return;
    r == null || r === !1 && t[4] != "-" ? e.removeAttribute(t) : e.setAttribute(t, t == "popover" && r == 1 ? "" : r);
  }
}
function br(e) {
  return function(t) {
    var r = this.__e;
    if (r) {
      if (r = r[e], t[Xe] == null) t[Xe] = Lt++;
      else if (t[Xe] < this.__a[e]) return;
      return r(O.event ? O.event(t) : t);
    }
  };
}
function qt(e, t, r, i, a, s, l, o, c, d) {
  var h, p, m, u, f, v, b, x, g, k, C, A, P, S, w, I, M, T, U = t.type;
  if (t.constructor !== at) return null;
  128 & r.__u && (c = 32 & r.__u, h = r.__c.__z) && (t.__u |= c, p = s = [], h.nodeType == 8 ? o = Je(h, s) : s.push(h), o = s[0] || o), (h = O.__b) && h(t);
  e: if (typeof U == "function") {
    m = l.length;
    try {
      if (x = t.props, g = (h = U.prototype) && h.render, k = (h = U.contextType) && i[h.__c], C = h ? k ? k.props.value : h.__ : i, (u = r.__c) ? (t.__c = u, 2 & u.__g && (u.__g |= 1)) : (g ? t.__c = u = new U(x, C) : (t.__c = u = new je(x, C), u.constructor = U, u.render = xr), k && k.sub(u), u.state || (u.state = {}), u.__n = i, u.__g |= 8, u.__h = [], u.__k = []), g && (u.__s || (u.__s = u.state), U.getDerivedStateFromProps && (u.__s == u.state && (u.__s = xe({}, u.__s)), xe(u.__s, U.getDerivedStateFromProps(x, u.__s)))), f = u.props, v = u.state, u.__v = t, r.__c) {
        if (x !== f && g && !U.getDerivedStateFromProps && u.componentWillReceiveProps && u.componentWillReceiveProps(x, C), t.__v == r.__v && !(8 & u.__g) || !(4 & u.__g) && u.shouldComponentUpdate && u.shouldComponentUpdate(x, u.__s, C) === !1) {
          t.__v != r.__v && (u.props = x, u.state = u.__s, u.__g &= -9), t.__e = r.__e, t.__k = r.__k, t.__k.some(function(y) {
            y && (y.__ = t);
          }), $e.push.apply(u.__h, u.__k), u.__k = [], u.__h.length && l.push(u), o = me(r);
          break e;
        }
        u.componentWillUpdate && u.componentWillUpdate(x, u.__s, C), g && u.componentDidUpdate && u.__h.push(function() {
          u.componentDidUpdate(f, v, b);
        });
      } else g && !U.getDerivedStateFromProps && u.componentWillMount && u.componentWillMount(), g && u.componentDidMount && u.__h.push(u.componentDidMount);
      u.context = C, u.props = x, u.__P = e, u.__g &= -5, A = O.__r, P = g ? 25 : 0;
      do
        u.__g &= -9, A && A(t), h = u.render(u.props, u.state = u.__s, u.context);
      while (8 & u.__g && ++P < 25);
      g && ($e.push.apply(u.__h, u.__k), u.__k = []), u.state = u.__s, u.getChildContext && (i = xe({}, i, u.getChildContext())), g && r.__c && u.getSnapshotBeforeUpdate && (b = u.getSnapshotBeforeUpdate(f, v)), S = h && h.type === E && h.key == null ? h.props.children : h, x.__P && (h = o, a = (e = x.__P).namespaceURI, c = s = null, r.props && r.props.__P != e && (r.__k.some(function(y) {
        y && Pt(y, y);
      }), r.__k = null), o = r.__k ? me(r, 0) : null), o = Bn(e, Bt(S) ? S : [S], t, r, i, a, s, l, o, c, d), x.__P && (t.__e = null, o = h), t.__u &= -161, p && p.some(ve), u.__h.length && l.push(u), 1 & u.__g && (u.__g &= -4);
    } catch (y) {
      if (l.length = m, t.__v = null, c || s) if (y && y.then) {
        if (t.__u |= 128 | c, s) {
          for (~(M = s.indexOf(o || void 0)) || (M = s.length); (T = s[M - 1]) && T.nodeType == 8; ) M--;
          for (; M < s.length; M++) if (T = s[M]) if (s[M] = null, w) {
            if (T == I) break;
          } else {
            if (T.nodeType != 8) break;
            T.data.startsWith("$s") && (I = Je(w = T));
          }
        }
        if (!w) {
          for (; o && o.nodeType == 8 && o.nextSibling; ) o = o.nextSibling;
          w = o;
        }
        (h = Je(w = t.__c.__z || (t.__c.__z = w))) ? (t.__e = w, o = h) : t.__e = o, o = o && o.nextSibling;
      } else s && s.some(ve);
      else t.__e = r.__e;
      t.__k || (t.__k = r.__k || []), y && y.then || Dn(t), O.__e(y, t, r);
    }
  } else o = t.__e = vr(r.__e, t, r, i, a, s, l, c, d, e);
  return (h = O.diffed) && h(t), o;
}
function Je(e, t) {
  if (e && e.nodeType == 8 && e.data.startsWith("$s")) for (var r = 1; e = e.nextSibling; ) {
    if (e.nodeType == 8) {
      if (e.data.startsWith("$s")) r++;
      else if (e.data.startsWith("/$s") && !--r) return e;
    }
    t && t.push(e);
  }
}
function Dn(e) {
  e && (e.__c && (e.__c.__g |= 4), e.__k && e.__k.some(Dn));
}
function Pn(e, t, r) {
  for (var i = 0; i < r.length; ) Dt(r[i++], r[i++], r[i++]);
  O.__c && O.__c(t, e), e.some(function(a) {
    try {
      e = a.__h, a.__h = [], e.some(function(s) {
        s.call(a);
      });
    } catch (s) {
      O.__e(s, a.__v);
    }
  });
}
function vr(e, t, r, i, a, s, l, o, c, d) {
  var h, p, m, u, f, v, b, x, g = r.props || _e, k = t.props, C = t.type;
  if (C == "svg" ? a = "http://www.w3.org/2000/svg" : C == "math" ? a = "http://www.w3.org/1998/Math/MathML" : a || (a = "http://www.w3.org/1999/xhtml"), s) {
    for (h = 0; h < s.length; h++) if ((f = s[h]) && (C ? f.localName == C : f.nodeType == 3)) {
      e = f, s[h] = null;
      break;
    }
  }
  if (!e) {
    if (x = d.ownerDocument || document, !C) return x.createTextNode(k);
    e = x.createElementNS(a, C, k.is ? k : d), o && (O.__m && O.__m(t, s), o = !1), s = null;
  }
  if (C) {
    if (d = C == "template" && e.content || e, s = C == "textarea" && k.defaultValue != null ? null : s && In.call(d.childNodes), !o && s) for (g = {}, h = 0; h < e.attributes.length; h++) g[(f = e.attributes[h]).name] = f.value;
    for (h in g) f = g[h], h == "dangerouslySetInnerHTML" ? m = f : h == "children" || h in k || h == "value" && "defaultValue" in k || h == "checked" && "defaultChecked" in k || He(e, h, null, f, a);
    for (h in k) f = k[h], h == "children" ? u = f : h == "dangerouslySetInnerHTML" ? p = f : h == "value" ? v = f : h == "checked" ? b = f : o && typeof f != "function" || g[h] === f || He(e, h, f, g[h], a);
    p ? (o || m && (p.__html == m.__html || p.__html == e.innerHTML) || (e.innerHTML = p.__html), t.__k = []) : (m && (e.textContent = ""), (C == "foreignObject" || a == "http://www.w3.org/1998/Math/MathML" && pr.test(C)) && (a = "http://www.w3.org/1999/xhtml"), Bn(d, Bt(u) ? u : [u], t, r, i, a, s, l, s ? s[0] : r.__k && me(r, 0), o, c), s && s.some(ve)), o && C != "textarea" || (h = "value", C == "progress" && v == null ? e.removeAttribute(h) : v == null || v === e[h] && (C != "progress" || v) || He(e, h, v, g[h], a), h = "checked", b != null && b != e[h] && He(e, h, b, g[h], a));
  } else g === k || o && e.data == k || (e.data = k);
  return e;
}
function Dt(e, t, r, i) {
  try {
    typeof e == "function" ? t ? t.__x = e(t) || 1 : i && (i = i.__c || i.__e) && (t = i.__x) && (i.__x = null, typeof t == "function" ? t() : e(null)) : e.current = t;
  } catch (a) {
    O.__e(a, r);
  }
}
function Pt(e, t, r) {
  var i, a, s, l;
  if (O.unmount && O.unmount(e), !(i = e.ref) || i.current && i.current != e.__e || Dt(i, null, t, e), i = e.__c) {
    if (i.componentWillUnmount) try {
      i.componentWillUnmount();
    } catch (o) {
      O.__e(o, t);
    }
    i.__P = i.__n = null;
  }
  if (i = e.__k) for (l = 0; l < i.length; l++) i[l] && Pt(i[l], t, typeof e.type != "function" || r && !e.props.__P);
  !r && (i = e.__c) && (i = i.__z) && (a = Je(i, s = [])) && (i == e.__e && s.some(ve), ve(a), ve(i)), r || ve(e.__e), e.__e = e.__c = e.__ = null;
}
function xr(e, t, r) {
  return this.constructor(e, r);
}
function en(e, t) {
  var r, i, a, s;
  O.__ && O.__(e, t), t.nodeType == 9 && (t = t.documentElement), i = (r = e && 32 & e.__u) ? null : t.__k, t.__k = Ge(E, { children: [e] }), a = [], s = [], qt(t, t.__k, i || _e, _e, t.namespaceURI, i ? null : t.firstChild ? In.call(t.childNodes) : null, a, i ? i.__e : t.firstChild, r, s), Pn(a, t.__k, s), t.__k.props.children = null;
}
O = { __e: function(e, t, r, i) {
  for (var a, s, l; t = t.__; ) if ((a = t.__c) && !(1 & a.__g)) {
    a.__g |= 4;
    try {
      if ((l = (s = a.constructor) && s.getDerivedStateFromError) && a.setState(s.getDerivedStateFromError(e)), a.componentDidCatch && (a.componentDidCatch(e, i || {}), l = 1), l && 8 & a.__g) return void (a.__g |= 2);
    } catch (o) {
      e = o;
    }
  }
  throw Qe = 0, e;
} }, Tn = 0, je.prototype.setState = function(e, t) {
  var r = this.__s;
  r && r != this.state || (r = this.__s = xe({}, this.state)), typeof e == "function" && (e = e(xe({}, r), this.props)), e && (xe(r, e), this.__v && (t && this.__k.push(t), _t(this)));
}, je.prototype.forceUpdate = function(e) {
  this.__v && (this.__g |= 4, e && this.__h.push(e), _t(this));
}, je.prototype.render = E, fe = [], Qe = 0, zn = function(e, t) {
  return e.__v.__b - t.__v.__b;
}, Xe = Symbol(), Un = /(PointerCapture)$|Capture$/i, Lt = 0, kt = {};
var kr = Symbol.for("pv"), yr = 0;
function n(e, t, r, i, a, s) {
  t || (t = {});
  var l, o, c = t;
  if ("ref" in c && typeof e != "function") for (o in c = {}, t) o == "ref" ? l = t[o] : c[o] = t[o];
  var d = { type: e, props: c, key: r, ref: l, __k: null, __: null, __b: 0, __e: null, __c: null, constructor: kr, __v: --yr, __i: -1, __u: 0 };
  return O.vnode && O.vnode(d), d;
}
var Te, H, ht, tn, yt = Object.is, et = 0, On = [], wt = [], V = O, nn = V.__b, rn = V.__r, an = V.diffed, sn = V.__c, on = V.unmount, ln = V.__;
function st(e, t) {
  V.__h && V.__h(H, e, et || t), et = 0;
  var r = H.__H || (H.__H = { __: [], __h: [] });
  return e >= r.__.length && r.__.push({}), r.__[e];
}
function z(e) {
  return et = 1, wr(Yn, e);
}
function wr(e, t, r) {
  var i = st(Te++, 2);
  if (i.t = e, !i.__c && (i.__ = [Yn(void 0, t), function(s) {
    var l = (i.__N || i.__)[0], o = i.t(l, s);
    yt(l, o) || (i.__N = [o, i.__[1]], i.__c.setState({}));
  }], i.__c = H, !H.__f)) {
    H.__f = !0;
    var a = H.shouldComponentUpdate;
    H.shouldComponentUpdate = function(s, l, o) {
      var c = this.__H;
      if (!c) return !0;
      var d = !1, h = this.props != s;
      if (c.__.some(function(m) {
        m.__N && (d = !0, yt(m.__[0], m.__N[0]) || (h = !0));
      }), a) {
        var p = a.call(this, s, l, o);
        return d ? p || h : p;
      }
      return !d || h;
    };
  }
  return i.__;
}
function Y(e, t) {
  var r = st(Te++, 3);
  !V.__s && Ot(r.__H, t) && (r.__P = !0, r.__ = e, r.u = t, H.__H.__h.push(r));
}
function Ee(e, t) {
  var r = st(Te++, 4);
  !V.__s && Ot(r.__H, t) && (r.__P = !1, r.__ = e, r.u = t, H.__h.push(r));
}
function F(e) {
  return et = 5, se(function() {
    return { current: e };
  }, []);
}
function se(e, t) {
  var r = st(Te++, 7);
  return Ot(r.__H, t) && (r.__ = e(), r.__H = t), r.__;
}
function Sr() {
  var e;
  do {
    for (; e = wt.shift(); ) try {
      De(e);
    } catch (r) {
      V.__e(r, { __: (e = e.__P) && e.__v });
    }
    for (; e = On.shift(); ) {
      var t = e.__H;
      if (e.__P && t) try {
        t.__h.some(De), t.__h.some(St), t.__h = [];
      } catch (r) {
        t.__h = [], V.__e(r, e.__v);
      }
    }
  } while (wt.length);
}
V.__b = function(e) {
  H = null, nn && nn(e);
}, V.__ = function(e, t) {
  e && t.__k && t.__k.__m && (e.__m = t.__k.__m), ln && ln(e, t);
}, V.__r = function(e) {
  rn && rn(e), Te = 0;
  var t = (H = e.__c).__H;
  t && (ht == H ? H.__h = [] : (t.__h.some(De), t.__h.some(St), Te = 0), t.__h = [], t.__.some(function(r) {
    r.__N && (r.__ = r.__N), r.u = r.__N = void 0;
  })), ht = H;
}, V.diffed = function(e) {
  an && an(e);
  var t = e.__c;
  t && t.__H && (t.__H.__h.length && dn(On.push(t)), t.__H.__.some(function(r) {
    r.u && (r.__H = r.u);
  })), ht = H = null;
}, V.__c = function(e, t) {
  t.some(function(r) {
    try {
      r.__h.some(De), r.__h = r.__h.filter(function(i) {
        return !i.__ || St(i);
      });
    } catch (i) {
      r.__h = [function() {
        throw i;
      }];
    }
  }), sn && sn(e, t);
}, V.unmount = function(e) {
  on && on(e);
  var t, r, i = e.__c;
  i && i.__H && (i.__H.__.some(function(a) {
    try {
      if (a.__P && a.__c) {
        if (r === void 0) {
          for (r = e.__; r && (!r.__c || !r.__c.__P); ) r = r.__;
          r = r && r.__c;
        }
        a.__P = r, dn(wt.push(a));
      } else De(a);
    } catch (s) {
      t = s;
    }
  }), i.__H = void 0, t && V.__e(t, i.__v));
};
var cn = typeof requestAnimationFrame == "function";
function Mr(e) {
  var t, r = function() {
    clearTimeout(i), cn && cancelAnimationFrame(t), setTimeout(e);
  }, i = setTimeout(r, 35);
  cn && (t = requestAnimationFrame(r));
}
function dn(e) {
  e != 1 && tn == V.requestAnimationFrame || ((tn = V.requestAnimationFrame) || Mr)(Sr);
}
function De(e) {
  var t = H, r = e.__c;
  typeof r == "function" && (e.__c = void 0, r()), H = t;
}
function St(e) {
  var t = H;
  e.__c = e.__(), H = t;
}
function Ot(e, t) {
  return !e || e.length != t.length || t.some(function(r, i) {
    return !yt(r, e[i]);
  });
}
function Yn(e, t) {
  return typeof t == "function" ? t(e) : t;
}
class G extends Error {
  constructor(t) {
    super(t.problem), this.detail = t;
  }
}
class Cr {
  live = !0;
  async fetch(t, r, i, a) {
    try {
      const s = { method: t, signal: a };
      return t === "POST" && (s.body = JSON.stringify(i), s.headers = { "content-type": "application/json" }), await fetch(r, s);
    } catch (s) {
      throw s.name === "AbortError" ? s : new G({ problem: "The server does not answer", cure: "See whether 'microtome serve' is still running" });
    }
  }
  async ask(t, r, i, a) {
    const s = await this.fetch(t, r, i, a);
    let l = null;
    try {
      l = await s.json();
    } catch (o) {
      if (o.name === "AbortError") throw o;
    }
    if (l === null) throw new G({ problem: "The server's answer is not readable", cure: "Reload the page" });
    if (!s.ok) throw new G(l.error ?? { problem: `The server answered ${s.status}`, cure: "" });
    return l;
  }
  async stream(t, r, i, a) {
    const s = await this.fetch("POST", t, r, a);
    if (!s.ok || !s.body) {
      const d = await s.json().catch(() => null);
      throw new G(d?.error ?? { problem: `The server answered ${s.status}`, cure: "" });
    }
    const l = s.body.pipeThrough(new TextDecoderStream()).getReader();
    let o = "", c = !1;
    try {
      for (; ; ) {
        const { done: d, value: h } = await l.read();
        if (d) break;
        const p = (o + h).split(`

`);
        o = p.pop();
        for (const m of p) {
          const u = JSON.parse(m.replace(/^data: /, ""));
          if (u.event === "error") throw new G(u.error);
          c = u.event === "end", i(u);
        }
      }
    } catch (d) {
      if (d instanceof G || d.name === "AbortError") throw d;
    }
    if (!c) throw new G({ problem: "The server broke off", cure: "See the terminal it was started from" });
  }
}
let Ye = new Cr();
const Ar = (e) => void (Ye = e), N = () => Ye.live, Pe = () => Ye.stream !== void 0, Er = (e, t, r, i) => Ye.stream(e, t, r, i), Fn = (e, t, r) => e === "POST" ? `${e} ${t} ${JSON.stringify(r)}` : `${e} ${t}`, ut = /* @__PURE__ */ new Map();
function ot(e, t) {
  const r = ut.get(e) ?? { value: t, count: 0 };
  return r.value = t, r.count += 1, ut.set(e, r), () => {
    r.count -= 1, r.count === 0 && ut.delete(e);
  };
}
const hn = /* @__PURE__ */ new Map();
async function ye(e, t, r, i) {
  const a = Fn(e, t, r), s = hn.get(a);
  return s ? (hn.delete(a), await s) : await Ye.ask(e, t, r, i);
}
function Z(e, t = {}) {
  const r = t.body === void 0 ? "GET" : "POST", i = e === null ? null : Fn(r, e, t.body), [a, s] = z({ key: null, data: null, error: null }), [l, o] = z(0), c = F(t.body);
  return c.current = t.body, Ee(() => {
    if (i === null || e === null) {
      s({ key: null, data: null, error: null });
      return;
    }
    const d = new AbortController();
    let h = () => {
    };
    return ye(r, e, c.current, d.signal).then(
      (p) => {
        d.signal.aborted || (h = ot(i, p), s({ key: i, data: p, error: null }));
      },
      (p) => {
        if (d.signal.aborted || p.name === "AbortError") return;
        const m = p instanceof G ? p.detail : { problem: String(p.message ?? p), cure: "Reload the page" };
        s((u) => ({ key: i, data: u.key === i ? u.data : null, error: m }));
      }
    ), () => {
      d.abort(), h();
    };
  }, [i, l]), Y(() => {
    if (!t.every || !N() || i === null) return;
    const d = setInterval(() => document.visibilityState === "visible" && o((h) => h + 1), t.every);
    return () => clearInterval(d);
  }, [i, t.every]), { data: i === null ? null : a.data, error: a.error, loading: i !== null && a.key !== i, reload: () => o((d) => d + 1) };
}
function ee(e, t) {
  const r = new URLSearchParams();
  for (const [a, s] of Object.entries(t))
    s == null || s === "" || r.set(a, typeof s == "boolean" ? s ? "1" : "0" : String(s));
  const i = r.toString();
  return i ? `${e}?${i}` : e;
}
const j = (e, t = "") => `/api/runs/${encodeURIComponent(e)}${t}`;
function W(e, t = 4) {
  if (e == null || !Number.isFinite(e)) return "–";
  const r = Math.abs(e);
  return r === 0 ? "0" : r < 1e-4 ? e.toExponential(1).replaceAll("-", "−") : r >= 10 ** t - 0.5 ? Math.round(e).toLocaleString("en-US").replace("-", "−") : (r >= 1e3 ? Number(e.toPrecision(t)).toLocaleString("en-US") : e.toPrecision(t)).replace("-", "−");
}
const ge = (e, t = 4) => {
  const r = W(e, t);
  return r.includes(".") ? r.replace(/\.?0+$/, "") : r;
};
function $(e, t) {
  return e == null || !Number.isFinite(e) ? "–" : e.toLocaleString("en-US", { minimumFractionDigits: t, maximumFractionDigits: t }).replace("-", "−");
}
const q = (e) => $(e, 0);
function D(e, t = 2) {
  if (e == null || !Number.isFinite(e)) return "–";
  const r = e * 100, i = Math.abs(r);
  return `${i === 0 ? "0" : i < 1e-3 ? r.toExponential(0) : i >= 10 ** t - 0.5 ? r.toFixed(0) : r.toPrecision(t)} %`.replaceAll("-", "−");
}
function he(e) {
  return e == null ? "–" : e >= 1e9 ? `${Number((e / 1e9).toPrecision(3))} B` : e >= 1e6 ? `${Number((e / 1e6).toPrecision(3))} M` : e >= 1e4 ? `${Number((e / 1e3).toPrecision(3))} k` : q(e);
}
const Nr = /* @__PURE__ */ new Set(["dead_fraction", "dense_fraction"]);
function ce(e, t) {
  return t == null ? "–" : Nr.has(e) ? `${$(t * 100, 2)} %` : e === "l0" || e === "l1" ? $(t, Math.abs(t) >= 1e3 ? 0 : 2) : $(t, 4);
}
function Yt() {
  const e = F(null), [t, r] = z(560);
  return Y(() => {
    const i = new ResizeObserver(([a]) => r(Math.max(160, a.contentRect.width)));
    return i.observe(e.current), () => i.disconnect();
  }, []), [e, t];
}
function we(e, t, r, i, a = 4) {
  const s = t - e || 1, l = s / a, o = 10 ** Math.floor(Math.log10(l)), c = [1, 2, 2.5, 5, 10].map((h) => h * o).find((h) => h >= l), d = [];
  for (let h = Math.ceil(e / c - 1e-9) * c; h <= t + c * 1e-9; h += c) d.push(Number(h.toPrecision(12)));
  return Object.assign((h) => r + (h - e) / s * (i - r), { ticks: d });
}
function Kn(e, t, r, i) {
  const [a, s] = [Math.log10(e), Math.log10(t)], l = s - a > 2.2, o = [];
  for (let d = Math.floor(a); d <= Math.ceil(s); d += 1)
    for (const h of l ? [1] : [1, 2, 5]) {
      const p = h * 10 ** d;
      p >= e * 0.999 && p <= t * 1.001 && o.push(p);
    }
  const c = o.length > 2 ? o : we(e, t, 0, 1, 3).ticks.filter((d) => d > 0);
  return Object.assign((d) => r + (Math.log10(Math.max(d, 1e-12)) - a) / (s - a || 1) * (i - r), { ticks: c });
}
const Mt = (e) => Math.abs(e) >= 1e4 ? he(e) : ge(e);
function Tr(e, t) {
  const { ticks: r } = e;
  if (r.length < 2) return r;
  const i = Math.ceil(t / Math.abs(e(r[1]) - e(r[0])));
  return r.filter((a, s) => (r.length - 1 - s) % i === 0);
}
const [Ne, de] = [10, 34];
function Ft({ width: e, height: t, y: r, x: i, xTick: a = Mt, yTick: s = Mt, xTitle: l, left: o = 44, label: c, children: d, onMove: h, onLeave: p }) {
  return /* @__PURE__ */ n(
    "svg",
    {
      class: "chart",
      viewBox: `0 0 ${e} ${t}`,
      height: t,
      role: "img",
      "aria-label": c,
      onPointerMove: (m) => h?.((m.clientX - m.currentTarget.getBoundingClientRect().left) * e / m.currentTarget.getBoundingClientRect().width),
      onPointerLeave: p,
      children: [
        r.ticks.map((m) => /* @__PURE__ */ n("g", { children: [
          /* @__PURE__ */ n("line", { class: "axis", x1: o, x2: e, y1: r(m), y2: r(m) }),
          /* @__PURE__ */ n("text", { x: o - 8, y: r(m) + 4, "text-anchor": "end", children: s(m) })
        ] })),
        /* @__PURE__ */ n("line", { class: "base", x1: o, x2: e, y1: t - de, y2: t - de }),
        i && Tr(i, 52).map((m) => /* @__PURE__ */ n("text", { x: Math.min(i(m), e - 12), y: t - de + 15, "text-anchor": "middle", children: a(m) })),
        l && /* @__PURE__ */ n("text", { class: "title", x: (o + e) / 2, y: t - 2, "text-anchor": "middle", children: l }),
        d
      ]
    }
  );
}
function Vn({ lines: e, log: t, label: r, height: i = 200, xTitle: a = "tokens", xForm: s = he }) {
  const [l, o] = Yt(), [c, d] = z(null), h = e.filter((g) => g.x.length > 0), p = h.flatMap((g) => [g.x[0], g.x[g.x.length - 1]]);
  let m = h.flatMap((g) => g.y).filter((g) => Number.isFinite(g) && (!t || g > 0));
  m.length === 0 && (m = [0, 1]);
  let u = m.reduce((g, k) => Math.min(g, k)), f = m.reduce((g, k) => Math.max(g, k));
  t ? [u, f] = [u * 0.92, f * 1.08] : [u, f] = [u >= 0 && u < f * 0.6 ? 0 : u, f === u ? u + 1 : f + (f - u) * 0.05];
  const v = (t ? Kn : we)(u, f, i - de, Ne), b = we(Math.min(0, ...p), p.length ? Math.max(...p) : 1, 44, o - 8, o > 420 ? 5 : 3), x = c === null ? null : h.filter((g) => !g.dashed).map((g) => {
    let k = 0;
    for (let C = 1; C < g.x.length; C += 1) Math.abs(b(g.x[C]) - c) < Math.abs(b(g.x[k]) - c) && (k = C);
    return { line: g, i: k };
  });
  return /* @__PURE__ */ n("div", { ref: l, children: [
    /* @__PURE__ */ n(Ft, { width: o, height: i, x: b, y: v, label: r, xTick: s, xTitle: a, onMove: d, onLeave: () => d(null), children: [
      h.map((g) => {
        const k = g.x.map((C, A) => `${b(C).toFixed(1)},${v(g.y[A]).toFixed(1)}`);
        return g.dots ? /* @__PURE__ */ n("g", { children: g.x.map((C, A) => /* @__PURE__ */ n("circle", { cx: b(C), cy: v(g.y[A]), r: 2.6, fill: g.colour })) }) : /* @__PURE__ */ n("polyline", { points: k.join(" "), fill: "none", stroke: g.colour, "stroke-width": 1.6, "stroke-linejoin": "round", "stroke-dasharray": g.dashed ? "4 4" : void 0 });
      }),
      x?.map(({ line: g, i: k }) => /* @__PURE__ */ n("circle", { cx: b(g.x[k]), cy: v(g.y[k]), r: 4, fill: g.colour, stroke: "var(--panel)", "stroke-width": 1.5 }))
    ] }),
    /* @__PURE__ */ n("div", { class: "legend", style: { paddingLeft: "44px", minHeight: "18px" }, children: [
      h.map((g) => {
        const k = x?.find((C) => C.line === g);
        return /* @__PURE__ */ n("span", { children: [
          /* @__PURE__ */ n("span", { class: "swatch", style: { background: g.colour, borderRadius: g.dots ? "50%" : "2px", height: g.dots ? "8px" : "3px" } }),
          g.name,
          k && /* @__PURE__ */ n("b", { class: "num", children: W(g.y[k.i]) })
        ] });
      }),
      x && x[0] && /* @__PURE__ */ n("span", { class: "num faint", children: [
        "at ",
        s(x[0].line.x[x[0].i])
      ] })
    ] })
  ] });
}
function Fe({ edges: e, sets: t, label: r, xTitle: i, xTick: a, height: s = 190, logX: l, marks: o = [] }) {
  const [c, d] = Yt(), h = Math.max(1, ...t.flatMap((u) => u.counts)), p = we(0, h, s - de, Ne, 3), m = (l ? Kn : we)(e[0], e[e.length - 1], 44, d - 2, d > 420 ? 6 : 4);
  return /* @__PURE__ */ n("div", { ref: c, children: /* @__PURE__ */ n(Ft, { width: d, height: s, x: m, y: p, label: r, xTitle: i, xTick: a, children: [
    o.map((u) => /* @__PURE__ */ n("g", { children: [
      /* @__PURE__ */ n("line", { class: "base", x1: m(u.at), x2: m(u.at), y1: Ne, y2: s - de, "stroke-dasharray": "2 3" }),
      /* @__PURE__ */ n("text", { x: m(u.at) + 4, y: Ne + 8, children: u.label })
    ] })),
    t.map(
      (u) => u.counts.map((f, v) => {
        if (!f) return null;
        const [b, x] = [m(e[v]), m(e[v + 1])], g = typeof u.colour == "string" ? u.colour : u.colour((e[v] + e[v + 1]) / 2), k = Math.max(1.5, s - de - p(f)), C = a ?? Mt;
        return /* @__PURE__ */ n(
          "rect",
          {
            x: b + 0.5,
            width: Math.max(1, x - b - 1),
            y: s - de - k,
            height: k,
            rx: 1,
            fill: u.outline ? "none" : g,
            stroke: u.outline ? g : "none",
            "stroke-width": 1.4,
            "data-tip": `${u.name ? `${u.name}: ` : ""}${f.toLocaleString("en-US")}
${C(e[v])} to ${C(e[v + 1])}`
          }
        );
      })
    )
  ] }) });
}
function zr({ points: e, label: t, xTitle: r, yTitle: i, height: a = 220, onPick: s }) {
  const [l, o] = Yt(), c = e.map((u) => u.x), d = e.flatMap((u) => [u.low ?? u.y, u.high ?? u.y]), h = (u) => {
    const [f, v] = [Math.min(...u), Math.max(...u)], b = (v - f) * 0.18 || Math.abs(v) * 0.2 || 1;
    return [Math.max(0, f - b), v + b];
  }, p = we(...h(c), 44, o - 8), m = we(...h(d), a - de, Ne);
  return /* @__PURE__ */ n("div", { ref: l, children: /* @__PURE__ */ n(Ft, { width: o, height: a, x: p, y: m, label: t, xTitle: r, children: [
    /* @__PURE__ */ n("text", { class: "title", x: 50, y: Ne + 2, children: i }),
    e.map((u) => /* @__PURE__ */ n("g", { "data-tip": `${u.name}
${r} ${W(u.x)}, ${i} ${W(u.y)}`, onClick: () => s?.(u.name), style: { cursor: s ? "pointer" : void 0 }, children: [
      u.low !== void 0 && /* @__PURE__ */ n("line", { x1: p(u.x), x2: p(u.x), y1: m(u.low), y2: m(u.high), stroke: u.colour, "stroke-width": 1.5 }),
      /* @__PURE__ */ n("circle", { cx: p(u.x), cy: m(u.y), r: u.on ? 7 : 5, fill: u.colour, stroke: u.on ? "var(--ink)" : "var(--panel)", "stroke-width": 1.5 })
    ] }))
  ] }) });
}
function Ur({ rows: e, width: t = 150 }) {
  const r = e.flatMap((o) => [...o.ends ?? [], ...o.value === null ? [] : [o.value]]);
  if (r.length === 0) return null;
  let [i, a] = [Math.min(...r), Math.max(...r)];
  a === i && ([i, a] = [i - 1, a + 1]);
  const s = (o) => 6 + (o - i) / (a - i) * (t - 12), l = 6 + e.length * 7;
  return /* @__PURE__ */ n("svg", { width: t, height: l, viewBox: `0 0 ${t} ${l}`, "aria-hidden": "true", style: { display: "block" }, children: e.map((o, c) => {
    const d = 6 + c * 7;
    return o.value === null ? null : /* @__PURE__ */ n("g", { stroke: o.colour, fill: o.colour, children: [
      o.ends && /* @__PURE__ */ n("line", { x1: s(o.ends[0]), x2: s(o.ends[1]), y1: d, y2: d, "stroke-width": 2, "stroke-linecap": "round", opacity: 0.55 }),
      /* @__PURE__ */ n("circle", { cx: s(o.value), cy: d, r: 3, stroke: "none" })
    ] });
  }) });
}
function Ke({ value: e, most: t, both: r }) {
  const i = t > 0 ? Math.min(1, Math.abs(e) / t) * (r ? 50 : 100) : 0, a = r ? e < 0 ? 50 - i : 50 : 0;
  return /* @__PURE__ */ n("span", { class: "track", children: /* @__PURE__ */ n("i", { style: { left: `${a}%`, width: `${i}%`, background: e < 0 ? "var(--negative)" : "var(--strength)" } }) });
}
function L(e) {
  return /* @__PURE__ */ n("section", { class: "panel", id: e.id, children: [
    (e.title || e.note) && /* @__PURE__ */ n("header", { children: [
      /* @__PURE__ */ n("h2", { children: e.title }),
      e.note && /* @__PURE__ */ n("span", { class: "small", children: e.note })
    ] }),
    e.children
  ] });
}
function R({ error: e, retry: t }) {
  return /* @__PURE__ */ n("div", { class: "problem", role: "alert", children: [
    /* @__PURE__ */ n("b", { children: un(e.problem) }),
    " ",
    e.cure && un(e.cure),
    t && N() && /* @__PURE__ */ n("div", { children: /* @__PURE__ */ n("button", { class: "btn", onClick: t, children: "Try again" }) })
  ] });
}
const un = (e) => e ? e[0].toUpperCase() + e.slice(1).replace(/\.?$/, ".") : "";
function K({ title: e, children: t, short: r }) {
  return /* @__PURE__ */ n("div", { class: r ? "state short" : "state", children: [
    r ? /* @__PURE__ */ n("h3", { children: e }) : /* @__PURE__ */ n("h2", { children: e }),
    t && /* @__PURE__ */ n("p", { children: t })
  ] });
}
function Se({ lines: e = 4 }) {
  return /* @__PURE__ */ n("div", { class: "bones", role: "status", "aria-label": "Loading", children: Array.from({ length: e }, (t, r) => /* @__PURE__ */ n("i", { style: { width: `${92 - r * 37 % 46}%` } })) });
}
function Le({ answer: e, lines: t, children: r }) {
  return e.error && e.data === null ? /* @__PURE__ */ n(R, { error: e.error, retry: e.reload }) : e.data === null ? /* @__PURE__ */ n(Se, { lines: t }) : /* @__PURE__ */ n(E, { children: [
    e.error && /* @__PURE__ */ n(R, { error: e.error, retry: e.reload }),
    r(e.data)
  ] });
}
function ze(e) {
  const t = [...new Set(e.options.map((i) => i.group ?? ""))], r = (i) => e.options.filter((a) => (a.group ?? "") === i).map((a) => /* @__PURE__ */ n("option", { value: a.value, selected: a.value === e.value, children: a.label }));
  return /* @__PURE__ */ n("label", { class: "select", "data-tip": e.label, children: /* @__PURE__ */ n("select", { "aria-label": e.label, value: e.value, onChange: (i) => e.onChange(i.currentTarget.value), children: t.map((i) => i ? /* @__PURE__ */ n("optgroup", { label: i, children: r(i) }) : r(i)) }) });
}
function Ue(e) {
  return /* @__PURE__ */ n("div", { class: "seg", role: "group", "aria-label": e.label, children: e.options.map((t) => /* @__PURE__ */ n("button", { "aria-pressed": t.value === e.value, onClick: () => e.onChange(t.value), children: [
    t.colour && /* @__PURE__ */ n("span", { class: "swatch", style: { background: t.colour } }),
    t.label,
    t.n !== void 0 && /* @__PURE__ */ n("span", { class: "n num", children: t.n })
  ] })) });
}
function Ae(e) {
  const [t, r] = z(e.value), i = F(0);
  Y(() => r(e.value), [e.value]), Y(() => () => clearTimeout(i.current), []);
  const a = (s) => {
    r(s), clearTimeout(i.current), i.current = window.setTimeout(() => e.onChange(s), e.delay ?? 250);
  };
  return /* @__PURE__ */ n(
    "input",
    {
      class: "field",
      type: "text",
      inputMode: e.type === "number" ? "decimal" : "text",
      "aria-label": e.label,
      placeholder: e.placeholder ?? e.label,
      value: t,
      style: { width: e.width },
      spellcheck: !1,
      autocomplete: "off",
      onInput: (s) => a(s.currentTarget.value)
    }
  );
}
function qe({ k: e, v: t, i: r, tip: i }) {
  return /* @__PURE__ */ n("div", { class: "tile", "data-tip": i, children: [
    /* @__PURE__ */ n("div", { class: "k", children: e }),
    /* @__PURE__ */ n("div", { class: "v num", children: t }),
    /* @__PURE__ */ n("div", { class: "i num", children: r || " " })
  ] });
}
function Ir() {
  const [e, t] = z(null), r = F(null);
  return Y(() => {
    const i = (s) => {
      const l = s.composedPath()[0]?.closest?.("[data-tip]");
      if (!l) return t(null);
      const o = l.getBoundingClientRect();
      t({ text: l.getAttribute("data-tip"), x: o.left + o.width / 2, y: o.top });
    }, a = () => t(null);
    return document.addEventListener("pointerover", i), document.addEventListener("focusin", a), addEventListener("scroll", a, !0), () => {
      document.removeEventListener("pointerover", i), document.removeEventListener("focusin", a), removeEventListener("scroll", a, !0);
    };
  }, []), Y(() => {
    if (!e || !r.current) return;
    const { width: i, height: a } = r.current.getBoundingClientRect();
    r.current.style.left = `${Math.max(6, Math.min(innerWidth - i - 6, e.x - i / 2))}px`, r.current.style.top = `${e.y - a - 6 < 4 ? e.y + 24 : e.y - a - 6}px`;
  }, [e]), e ? /* @__PURE__ */ n("div", { class: "tip", ref: r, role: "tooltip", children: e.text }) : null;
}
const pt = ({ path: e }) => /* @__PURE__ */ n("svg", { viewBox: "0 0 16 16", fill: "none", stroke: "currentColor", "stroke-width": "1.5", "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true", children: /* @__PURE__ */ n("path", { d: e }) });
function Wr(e) {
  const [t, r = ""] = e.replace(/^#\/?/, "").split("?", 2);
  let i = "overview";
  try {
    i = decodeURIComponent(t) || "overview";
  } catch {
    i = t;
  }
  return { page: i, params: Object.fromEntries(new URLSearchParams(r)) };
}
function oe(e, t) {
  const r = new URLSearchParams();
  for (const [a, s] of Object.entries(t)) s != null && s !== "" && r.set(a, String(s));
  const i = r.toString();
  return `#/${e}${i ? `?${i}` : ""}`;
}
let tt = null;
const Ct = /* @__PURE__ */ new Set();
function Lr(e) {
  tt = e;
}
const nt = () => Wr(tt ?? location.hash);
function lt(e, t = !1) {
  tt !== null ? tt = e : t ? history.replaceState(null, "", e) : history.pushState(null, "", e), Ct.forEach((r) => r());
}
function Hn() {
  const [e, t] = z(nt);
  return Y(() => {
    const r = () => t(nt());
    return Ct.add(r), addEventListener("hashchange", r), addEventListener("popstate", r), () => {
      Ct.delete(r), removeEventListener("hashchange", r), removeEventListener("popstate", r);
    };
  }, []), e;
}
function Q() {
  return [Hn().params, (t, r = !0) => {
    const i = nt();
    lt(oe(i.page, { ...i.params, ...t }), r);
  }];
}
const [_, pe] = [34, 100], Br = { role: "row" };
function Rn() {
  const [e] = z(() => matchMedia("(max-width: 980px)")), [t, r] = z(e.matches);
  return Y(() => {
    const i = () => r(e.matches);
    return e.addEventListener("change", i), () => e.removeEventListener("change", i);
  }, []), t;
}
function Xn(e) {
  const t = Rn(), r = e.columns.filter((y) => !(t && y.wide)), i = ee(e.path, e.params), [a, s] = z(
    { key: i, total: null, chunks: /* @__PURE__ */ new Map(), error: null }
  ), [l, o] = z((e.first ?? 0) * _), [c, d] = z(600), [h, p] = z(-1), [m, u] = z(0), f = F(null), v = F(/* @__PURE__ */ new Map()), b = F([]), x = F(0);
  Y(() => {
    v.current.forEach((y) => y.abort()), v.current = /* @__PURE__ */ new Map(), b.current.forEach((y) => y()), b.current = [], p(-1), s((y) => y.key === i ? { ...y, chunks: /* @__PURE__ */ new Map(), error: null } : { key: i, total: null, chunks: /* @__PURE__ */ new Map(), error: null });
  }, [i, m]), Y(() => () => {
    b.current.forEach((y) => y()), clearTimeout(x.current);
  }, []);
  const g = a.key === i, k = g ? a.total : null, C = Math.max(0, Math.floor(l / _) - 6), A = Math.min(k ?? pe, Math.ceil((l + c) / _) + 6), P = g ? Array.from({ length: Math.max(1, Math.ceil(A / pe) - Math.floor(C / pe)) }, (y, B) => Math.floor(C / pe) + B) : [];
  Y(() => {
    for (const y of P) {
      if (a.chunks.has(y) || v.current.has(y) || a.error) continue;
      const B = ee(e.path, { ...e.params, offset: y * pe, limit: pe }), J = new AbortController();
      v.current.set(y, J), ye("GET", B, void 0, J.signal).then(
        (X) => {
          J.signal.aborted || (b.current.push(ot(`GET ${B}`, X)), s((te) => te.key !== i ? te : { ...te, total: X.total, chunks: new Map(te.chunks).set(y, X.rows) }), e.onTotal?.(X.total, X));
        },
        (X) => {
          J.signal.aborted || X.name === "AbortError" || (v.current.delete(y), s((te) => ({ ...te, error: X instanceof G ? X.detail : { problem: String(X), cure: "" } })));
        }
      );
    }
  }), Ee(() => {
    const y = f.current;
    if (!y) return;
    const B = new ResizeObserver(() => d(y.clientHeight));
    return B.observe(y), () => B.disconnect();
  }, []);
  const S = F(!1);
  Ee(() => {
    S.current || !f.current || k === null || (S.current = !0, e.first && (f.current.scrollTop = e.first * _));
  }, [k]);
  const w = () => {
    if (!f.current) return;
    const y = f.current.scrollTop;
    o(y), clearTimeout(x.current), x.current = window.setTimeout(() => e.onFirst?.(Math.round(y / _)), 250);
  }, I = (y) => a.chunks.get(Math.floor(y / pe))?.[y % pe], M = (y) => {
    const B = Math.max(1, Math.floor(c / _) - 1), J = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1, PageDown: B, PageUp: -B, Home: -1e9, End: 1e9 };
    if (y.key === "Enter" && h >= 0) {
      const Qt = I(h);
      Qt && lt(e.href(Qt));
      return;
    }
    const X = J[y.key];
    if (X === void 0 || !k) return;
    y.preventDefault(), y.stopPropagation();
    const te = Math.max(0, Math.min(k - 1, h < 0 ? Math.floor(l / _) + (Math.abs(X) > 1 ? X : 0) : h + X));
    p(te);
    const Me = f.current;
    te * _ < Me.scrollTop && (Me.scrollTop = te * _), (te + 1) * _ > Me.scrollTop + Me.clientHeight && (Me.scrollTop = (te + 1) * _ - Me.clientHeight);
  }, T = { gridTemplateColumns: r.map((y) => y.width).join(" ") }, U = [];
  if (k !== null)
    for (let y = C; y < A; y += 1) {
      const B = I(y), J = { ...T, top: `${y * _}px` };
      U.push(B ? /* @__PURE__ */ n("a", { class: y === h ? "v-row on" : "v-row", id: `row-${y}`, href: e.href(B), style: J, tabIndex: -1, ...Br, "aria-rowindex": y + 2, children: r.map((X) => /* @__PURE__ */ n("span", { role: "gridcell", class: X.right ? "r num" : "", children: X.cell(B) })) }, y) : /* @__PURE__ */ n("div", { class: "v-row", style: J, children: /* @__PURE__ */ n("span", { class: "bones", children: /* @__PURE__ */ n("i", { style: { width: "60px" } }) }) }, y));
    }
  return g && a.error ? /* @__PURE__ */ n(R, { error: a.error, retry: () => u((y) => y + 1) }) : /* @__PURE__ */ n("div", { class: "v-table", role: "grid", "aria-label": e.label, "aria-rowcount": k ?? -1, style: { overflowX: e.minWidth ? "auto" : void 0 }, children: /* @__PURE__ */ n("div", { style: { minWidth: e.minWidth ? `${e.minWidth}px` : void 0 }, children: [
    /* @__PURE__ */ n("div", { class: "v-head", style: T, role: "row", children: r.map((y) => {
      const B = y.sort !== void 0 && y.sort === e.sort;
      return /* @__PURE__ */ n("span", { role: "columnheader", class: y.right ? "r" : "", "data-tip": y.tip, "aria-sort": B ? e.descending ? "descending" : "ascending" : void 0, children: y.sort ? /* @__PURE__ */ n("button", { onClick: () => e.onSort(y.sort, B ? !e.descending : !0), children: [
        y.title,
        B ? e.descending ? " ↓" : " ↑" : ""
      ] }) : y.title });
    }) }),
    /* @__PURE__ */ n("div", { class: "v-body", ref: f, tabIndex: 0, onScroll: w, onKeyDown: M, style: { height: e.height ?? "min(640px, calc(100vh - 300px))", minHeight: "272px" }, "aria-activedescendant": h >= 0 ? `row-${h}` : void 0, children: [
      /* @__PURE__ */ n("div", { style: { height: `${(k ?? 8) * _}px` }, children: U }),
      k === 0 && /* @__PURE__ */ n("div", { style: { position: "absolute", inset: 0 }, children: /* @__PURE__ */ n(K, { title: "Nothing found", short: !0, children: e.empty }) })
    ] })
  ] }) });
}
const pn = { " ": "·", "\n": "↵", "	": "⇥", "\r": "␍", " ": "⍽" }, qr = /^[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Zs}]$/u, Dr = /^\p{M}$/u;
function Kt(e) {
  if (e === "") return [{ text: "∅", mark: "sign" }];
  const t = [];
  let r = !0;
  for (const i of e) {
    if (i in pn) t.push({ text: pn[i], mark: "sign" });
    else if (qr.test(i))
      t.push({ text: `U+${i.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`, mark: "code" });
    else {
      const a = r && Dr.test(i) ? `◌${i}` : i, s = t[t.length - 1];
      s && s.mark === "" ? s.text += a : t.push({ text: a, mark: "" });
    }
    r = !1;
  }
  return t;
}
const le = (e) => Kt(e).map((t) => t.text).join("");
function Vt({ text: e, breaks: t = !1, wraps: r = !0 }) {
  const i = [];
  for (const a of Kt(e))
    i.push(a.mark === "" ? a.text : /* @__PURE__ */ n("span", { class: a.mark === "code" ? "ws code" : "ws", children: a.text })), a.mark && r && i.push(/* @__PURE__ */ n("wbr", {})), t && a.text === "↵" && a.mark && i.push(`
`);
  return /* @__PURE__ */ n(E, { children: i });
}
const Pr = /(?<![^‘ \n\t\r\u00a0]) | (?![^’ \n\t\r\u00a0])/g;
function Gn(e) {
  const t = new Set([...e.matchAll(Pr)].map((s) => s.index)), r = [];
  let i = "";
  const a = () => {
    i && r.push(...Kt(i)), i = "";
  };
  for (let s = 0; s < e.length; s += 1)
    e[s] !== " " || t.has(s) ? i += e[s] : (a(), r.push({ text: " ", mark: "" }));
  return a(), r;
}
const re = (e) => Gn(e).map((t) => t.text).join(""), ie = ({ text: e }) => /* @__PURE__ */ n(E, { children: Gn(e).map((t) => t.mark ? /* @__PURE__ */ n("span", { class: t.mark === "code" ? "ws code" : "ws named", children: t.text }) : t.text) }), ue = ({ text: e }) => /* @__PURE__ */ n("span", { class: "chip", "data-tip": JSON.stringify(e), children: /* @__PURE__ */ n(Vt, { text: e, wraps: !1 }) });
function Ve({ text: e, value: t = 0, scale: r, peak: i, breaks: a, tip: s, picked: l, onPick: o }) {
  const c = r > 0 ? Math.min(1, Math.abs(t) / r) : 0, d = c > 0 ? 0.1 + 0.9 * c : 0, h = ["tok", d > 0 ? "lit" : "", t < 0 ? "neg" : "", i ? "peak" : ""];
  return o && h.push("pickable", l ? "picked" : ""), /* @__PURE__ */ n(
    "span",
    {
      class: h.filter(Boolean).join(" "),
      style: d > 0 ? { "--s": d.toFixed(3) } : void 0,
      "data-tip": s ?? (t !== 0 ? W(t) : void 0),
      onClick: o,
      children: /* @__PURE__ */ n(Vt, { text: e, breaks: a })
    }
  );
}
function jn(e) {
  return /* @__PURE__ */ n(E, { children: e.tokens.map((t, r) => /* @__PURE__ */ n(Ve, { text: t, value: e.values[r], scale: e.scale, peak: r === e.peak, breaks: e.breaks })) });
}
const At = "finished", Oe = { left: "var(--s0)", right: "var(--s1)" };
function fn(e, t, r, i) {
  const a = e[`${t}_run`] ?? i.run, s = r.runs.find((d) => d.id === a), l = e[`${t}_dictionary`] ?? (a === i.run ? i.dictionary : s?.dictionaries[0]?.name ?? ""), o = a === i.run && l === i.dictionary ? i.step : "", c = e[`${t}_step`] ?? o;
  return { run: a, dictionary: l, step: c === At ? "" : c };
}
function Or({ run: e, dictionary: t, listing: r }) {
  const [i, a] = Q(), s = r.runs.flatMap((v) => v.dictionaries.map((b) => ({ run: v.id, dictionary: b.name, step: "" }))), l = { run: e.id, dictionary: t.name, step: "" }, o = s.filter((v) => v.run !== e.id || v.dictionary !== t.name), c = t.checkpoints, d = c.length ? { ...l, step: String(c[0]) } : l, h = o.find((v) => v.run === e.id) ?? o[0] ?? d, p = { left: fn(i, "left", r, l), right: fn(i, "right", r, h) }, m = Object.fromEntries(["left", "right"].flatMap((v) => Object.entries(p[v]).map(([b, x]) => [`${v}_${b}`, x]))), u = ["run", "dictionary", "step"].every((v) => p.left[v] === p.right[v]), f = (v) => {
    const b = p[v], x = r.runs.find((g) => g.id === b.run)?.dictionaries.find((g) => g.name === b.dictionary);
    return /* @__PURE__ */ n("div", { class: "row", children: [
      /* @__PURE__ */ n("span", { class: "swatch", style: { background: Oe[v], width: "11px", height: "11px" } }),
      r.runs.length > 1 && /* @__PURE__ */ n("span", { class: "soft small cut", style: { maxWidth: "160px" }, children: b.run }),
      /* @__PURE__ */ n(
        ze,
        {
          label: `${v === "left" ? "Left" : "Right"} dictionary`,
          value: `${b.run}
${b.dictionary}`,
          options: r.runs.flatMap((g) => g.dictionaries.map((k) => ({ value: `${g.id}
${k.name}`, label: k.name, group: g.id }))),
          onChange: (g) => {
            const [k, C] = g.split(`
`);
            a({ [`${v}_run`]: k, [`${v}_dictionary`]: C, [`${v}_step`]: null }, !1);
          }
        }
      ),
      x && x.checkpoints.length > 0 && /* @__PURE__ */ n(ze, { label: "Checkpoint", value: b.step || At, options: [{ value: At, label: "finished" }, ...x.checkpoints.map((g) => ({ value: String(g), label: `step ${g}` }))], onChange: (g) => a({ [`${v}_step`]: g }, !1) })
    ] });
  };
  return /* @__PURE__ */ n(E, { children: [
    /* @__PURE__ */ n("div", { class: "row end", children: /* @__PURE__ */ n("h1", { children: "Compare" }) }),
    /* @__PURE__ */ n("div", { class: "panel", children: /* @__PURE__ */ n("div", { class: "grid g2", children: [
      f("left"),
      f("right")
    ] }) }),
    u ? /* @__PURE__ */ n("div", { class: "panel", children: o.length || c.length ? /* @__PURE__ */ n(K, { title: "Both sides are the same", children: "Choose another dictionary or checkpoint on one side." }) : /* @__PURE__ */ n(K, { title: "There is nothing to compare with", children: [
      "This server shows one dictionary, and no checkpoint of it is kept. Start it with another run too: ",
      /* @__PURE__ */ n("code", { children: [
        "microtome serve ",
        e.path || e.id,
        " OTHER"
      ] })
    ] }) }) : /* @__PURE__ */ n(E, { children: [
      /* @__PURE__ */ n(Fr, { sides: p, glossary: r.glossary }),
      /* @__PURE__ */ n(Kr, { asked: m, sides: p })
    ] })
  ] });
}
function Yr(e) {
  const t = {};
  for (const r of ["fvu", "l0", "cosine", "dense_fraction"]) {
    const i = e?.series[`held_out.${r}`]?.y;
    i?.length && (t[r] = i[i.length - 1]);
  }
  return t;
}
function mn(e) {
  const t = Z(j(e.run)), r = Z(e.step ? ee(j(e.run, "/curves"), { dictionary: e.dictionary, step: e.step }) : null), i = t.data?.dictionaries.find((a) => a.name === e.dictionary);
  return e.step ? { answer: t, values: Yr(r.data), intervals: {}, measured: !!r.data } : { answer: t, values: i?.evaluation?.values ?? {}, intervals: i?.evaluation?.intervals ?? {}, measured: !!i?.evaluation };
}
function Fr({ sides: e, glossary: t }) {
  const r = mn(e.left), i = mn(e.right), a = Object.keys(t).filter((s) => s in r.values || s in i.values);
  return /* @__PURE__ */ n(L, { title: "Metrics side by side", note: e.left.step || e.right.step ? "Of a checkpoint: the held-out measurement logged at that step" : "95 % intervals", children: /* @__PURE__ */ n(Le, { answer: r.answer, children: () => a.length === 0 ? /* @__PURE__ */ n(K, { title: "Nothing measured", short: !0, children: "Neither dictionary has been evaluated." }) : /* @__PURE__ */ n("div", { class: "scroll", children: /* @__PURE__ */ n("table", { class: "t", children: [
    /* @__PURE__ */ n("thead", { children: /* @__PURE__ */ n("tr", { children: [
      /* @__PURE__ */ n("th", { children: "metric" }),
      /* @__PURE__ */ n("th", { class: "r", children: "left" }),
      /* @__PURE__ */ n("th", { class: "r", children: "right" }),
      /* @__PURE__ */ n("th", { class: "r", children: "difference" }),
      /* @__PURE__ */ n("th", {})
    ] }) }),
    /* @__PURE__ */ n("tbody", { children: a.map((s) => {
      const [l, o] = [r.values[s] ?? null, i.values[s] ?? null], [c, d] = [r.intervals[s], i.intervals[s]], h = c && d && (c[1] < d[0] || d[1] < c[0]), p = (m, u) => /* @__PURE__ */ n("span", { "data-tip": u ? `${ce(s, u[0])} – ${ce(s, u[1])}` : void 0, children: ce(s, m) });
      return /* @__PURE__ */ n("tr", { children: [
        /* @__PURE__ */ n("td", { "data-tip": t[s], children: /* @__PURE__ */ n("code", { children: s }) }),
        /* @__PURE__ */ n("td", { class: "r num", children: p(l, c) }),
        /* @__PURE__ */ n("td", { class: "r num", children: p(o, d) }),
        /* @__PURE__ */ n("td", { class: "r num", style: { fontWeight: h ? 600 : 400, color: h ? "var(--ink)" : "var(--ink-3)" }, "data-tip": h ? "The intervals do not overlap" : c && d ? "The intervals overlap" : void 0, children: l === null || o === null ? "–" : `${o > l ? "+" : ""}${ce(s, o - l)}` }),
        /* @__PURE__ */ n("td", { class: "fit", style: { verticalAlign: "middle" }, children: /* @__PURE__ */ n(Ur, { rows: [{ value: l, ends: c, colour: Oe.left }, { value: o, ends: d, colour: Oe.right }], width: 170 }) })
      ] });
    }) })
  ] }) }) }) });
}
function Kr({ asked: e, sides: t }) {
  const [r, i] = Q(), a = Z(ee("/api/compare", e)), s = r.order === "least", l = (o, c) => oe("latent", { run: o.run, dictionary: o.dictionary, latent: c });
  return /* @__PURE__ */ n(L, { title: "Matched latents", note: "each latent's nearest on the other side, by decoder cosine", children: /* @__PURE__ */ n(Le, { answer: a, children: (o) => /* @__PURE__ */ n("div", { class: "stack", children: [
    /* @__PURE__ */ n("div", { class: "grid g2 late", children: [
      /* @__PURE__ */ n(
        Fe,
        {
          edges: o.edges,
          label: "Latents by the cosine of their best match",
          xTitle: "cosine of the best match",
          height: 230,
          sets: [{ name: "left", counts: o.left.counts, colour: "color-mix(in srgb, var(--s0) 70%, transparent)" }, { name: "right", counts: o.right.counts, colour: Oe.right, outline: !0 }]
        }
      ),
      /* @__PURE__ */ n("table", { class: "t", style: { alignSelf: "start" }, children: [
        /* @__PURE__ */ n("thead", { children: /* @__PURE__ */ n("tr", { children: [
          /* @__PURE__ */ n("th", { children: "share with a match at" }),
          /* @__PURE__ */ n("th", { class: "r", children: "≥ 0.5" }),
          /* @__PURE__ */ n("th", { class: "r", children: "≥ 0.7" }),
          /* @__PURE__ */ n("th", { class: "r", children: "≥ 0.9" }),
          /* @__PURE__ */ n("th", { class: "r", children: "median" })
        ] }) }),
        /* @__PURE__ */ n("tbody", { children: [
          ["left", "right"].map((c) => /* @__PURE__ */ n("tr", { children: [
            /* @__PURE__ */ n("td", { children: [
              /* @__PURE__ */ n("span", { class: "swatch", style: { background: Oe[c], marginRight: "8px" } }),
              c,
              " ",
              /* @__PURE__ */ n("span", { class: "faint num", children: [
                q(o[c].latents),
                " latents"
              ] })
            ] }),
            ["0.5", "0.7", "0.9"].map((d) => /* @__PURE__ */ n("td", { class: "r num", children: D(o[c].above[d], 3) })),
            /* @__PURE__ */ n("td", { class: "r num", children: $(o[c].median, 3) })
          ] })),
          /* @__PURE__ */ n("tr", { children: [
            /* @__PURE__ */ n("td", { children: "each other's nearest" }),
            /* @__PURE__ */ n("td", { class: "r num", colSpan: 4, children: [
              q(o.mutual),
              " pairs"
            ] })
          ] })
        ] })
      ] })
    ] }),
    /* @__PURE__ */ n("div", { class: "row", children: [
      /* @__PURE__ */ n(Ue, { label: "Order", value: s ? "least" : "most", options: [{ value: "most", label: "Most alike" }, { value: "least", label: "Least alike" }], onChange: (c) => i({ order: c === "most" ? null : c }) }),
      /* @__PURE__ */ n("label", { class: "check", children: [
        /* @__PURE__ */ n("input", { type: "checkbox", checked: r.mutual === "1", onChange: (c) => i({ mutual: c.currentTarget.checked ? 1 : null }) }),
        "each other's nearest only"
      ] })
    ] }),
    /* @__PURE__ */ n(
      Xn,
      {
        label: "Matched latents",
        path: "/api/compare/pairs",
        params: { ...e, descending: !s, mutual: r.mutual === "1" || null },
        sort: "cosine",
        descending: !s,
        height: "374px",
        minWidth: 620,
        onSort: (c, d) => i({ order: d ? null : "least" }),
        href: (c) => l(t.left, c.left),
        empty: "No pair is each other's nearest.",
        columns: [
          { key: "left", title: "left", width: "80px", right: !0, cell: (c) => c.left },
          { key: "left_label", title: "label", width: "minmax(80px, 1fr)", cell: (c) => c.left_label ? /* @__PURE__ */ n(ie, { text: c.left_label }) : /* @__PURE__ */ n("span", { class: "faint", children: "–" }) },
          { key: "cosine", title: "cosine", width: "80px", right: !0, sort: "cosine", cell: (c) => $(c.cosine, 3) },
          { key: "bar", title: "", width: "90px", cell: (c) => /* @__PURE__ */ n("span", { class: "meter", children: /* @__PURE__ */ n("i", { style: { width: `${Math.max(0, c.cosine) * 100}%`, background: c.mutual ? "var(--strength)" : "var(--dead)" } }) }) },
          { key: "right", title: "right", width: "80px", right: !0, cell: (c) => c.right },
          { key: "right_label", title: "label", width: "minmax(80px, 1fr)", cell: (c) => c.right_label ? /* @__PURE__ */ n(ie, { text: c.right_label }) : /* @__PURE__ */ n("span", { class: "faint", children: "–" }) }
        ]
      }
    )
  ] }) }) });
}
const [Vr, Hr] = [15, 84], Ze = 92, Ce = 16, gn = 1.4, Rr = (e, t) => e.kind === "token" ? -1 : Math.max(0, Math.min(t, e.layer)), ke = (e) => e.kind === "group" || e.kind === "target", bn = { group: 0, latent: 1, bias: 2, error: 3, token: 4, target: 5 }, vn = (e, t, r) => e.items.some((i) => ke(t.items[i])) ? Math.max(26, r) : r;
function Xr(e) {
  const t = /* @__PURE__ */ new Map(), r = e.answer.n_layers;
  e.items.forEach((i, a) => {
    const [s, l] = [Rr(i, r), i.position], o = s * 100003 + l, c = t.get(o) ?? { column: l, row: s, items: [] };
    c.items.push(a), t.set(o, c);
  });
  for (const i of t.values())
    i.items.sort((a, s) => bn[e.items[a].kind] - bn[e.items[s].kind] || (ke(e.items[a]) ? e.items[s].influence - e.items[a].influence : 0) || a - s);
  return [...t.values()];
}
function Gr(e, t, r, i) {
  const a = [{ items: [], width: 0 }];
  for (const s of e.items) {
    const l = ke(t.items[s]) ? Ze + 8 : r;
    let o = a[a.length - 1];
    o.items.length && o.width + l > i && a.push(o = { items: [], width: 0 }), o.items.push(s), o.width += l;
  }
  return a;
}
function jr(e) {
  const { answer: t, items: r } = e, i = Xr(e), a = /* @__PURE__ */ new Map();
  for (const S of i) {
    const w = S.items.reduce((I, M) => I + (ke(r[M]) ? 2 : 1), 0);
    a.set(S.column, Math.max(a.get(S.column) ?? 0, w));
  }
  for (let S = 0; S < t.tokens.length; S += 1) a.has(S) || a.set(S, 0);
  const s = [...a.keys()].sort((S, w) => S - w), l = s.reduce((S, w) => S + Math.max(1, a.get(w)), 0), o = Math.max(Vr, Math.min(Hr, 1150 / l)), c = o >= 40 ? 36 : Math.max(15, o * 0.9), d = (S) => {
    const w = i.map((U) => ({ cell: U, lines: Gr(U, e, o, Math.max(S, Ze + 8)) })), I = new Map(s.map((U) => [U, a.get(U) ? s.length > 40 ? 24 : 52 : 16])), M = /* @__PURE__ */ new Map();
    for (const { cell: U, lines: y } of w)
      I.set(U.column, Math.max(I.get(U.column), ...y.map((B) => B.width))), M.set(U.row, Math.max(M.get(U.row) ?? 0, y.length * vn(U, e, c)));
    const T = (U) => [...U.values()].reduce((y, B) => y + B + Ce, 0);
    return { lines: w, widths: I, heights: M, shape: T(I) / Math.max(1, T(M)) };
  }, h = (S) => Math.abs(Math.log(S.shape / gn)), { lines: p, widths: m, heights: u, shape: f } = [4, 6, 8, 11, 15, 22, 40].map((S) => d(S * o)).reduce((S, w) => h(w) < h(S) ? w : S), v = Ce + Math.max(0, Math.min(60, (f / gn - 1) * [...u.values()].reduce((S, w) => S + w + Ce, 0) / (t.n_layers + 2))), b = [];
  let x = 0;
  for (const S of s) {
    const w = m.get(S);
    b.push({ position: S, at: x + w / 2, size: w, label: S < 0 ? "bias" : t.tokens[S] ?? "" }), x += w + Ce;
  }
  const g = [];
  let k = 0;
  for (let S = t.n_layers; S >= -1; S -= 1) {
    const w = S === t.n_layers ? "out" : S < 0 ? "in" : String(S), I = u.get(S) ?? 8;
    g.push({ layer: S, at: k + I / 2, size: I, label: w }), k += I + (S === t.n_layers || S === 0 ? Math.max(26, v) : u.has(S) ? v : 4);
  }
  const C = new Map(b.map((S) => [S.position, S.at])), A = new Map(g.map((S) => [S.layer, S])), P = { x: new Float32Array(r.length), y: new Float32Array(r.length), half: new Float32Array(r.length), step: o, columns: b, rows: g, width: Math.max(0, x - Ce), height: Math.max(0, k - Ce) };
  for (const { cell: S, lines: w } of p) {
    const I = A.get(S.row), M = vn(S, e, c);
    w.forEach((T, U) => {
      let y = C.get(S.column) - T.width / 2;
      for (const B of T.items) {
        const J = ke(r[B]) ? Ze + 8 : o;
        P.x[B] = y + J / 2, P.y[B] = I.at + (U - (w.length - 1) / 2) * M, P.half[B] = ke(r[B]) ? Ze / 2 : 0, y += J;
      }
    });
  }
  return P;
}
function Jr(e, t, r, i) {
  let [a, s] = [t, 1 / 0];
  for (let l = 0; l < e.x.length; l += 1) {
    const [o, c] = [(e.x[l] - e.x[t]) * r + (e.y[l] - e.y[t]) * i, Math.abs((e.x[l] - e.x[t]) * i) + Math.abs((e.y[l] - e.y[t]) * r)], d = o + 2.5 * c;
    l !== t && o > 0.5 && d < s && ([a, s] = [l, d]);
  }
  return a;
}
const Zr = { latent: "latent", error: "error", token: "token", bias: "bias", target: "output", group: "supernode" };
function ct(e, t) {
  return e.label && e.kind !== "token" ? re(e.label) : e.kind === "token" ? le(t.tokens[e.position] ?? "") : e.kind === "latent" ? `${e.layer} / ${e.index}` : e.kind === "error" ? `error ${e.layer}` : e.kind === "target" ? re(t.targets.find((r) => r.id === e.id)?.label ?? e.id) : re(e.id.replace(/^B_/, "").replace(/_P\d+$/, ""));
}
const Ie = (e, t) => e.kind === "target" && e.layer >= t.n_layers, Ht = (e, t) => e.kind === "target" && !Ie(e, t) ? "target" : Zr[e.kind];
function Be(e, t) {
  return Ie(e, t) ? "output" : e.kind === "token" ? `token ${e.position}` : e.position < 0 ? `layer ${e.layer}` : `layer ${e.layer}, token ${e.position}`;
}
const Rt = (e, t, r) => [.../* @__PURE__ */ new Set([Ht(e, t), Be(e, t)])].join(r), Qr = (e) => e.map((t) => [t.name, ...t.nodes].map(encodeURIComponent).join(",")).join(";");
function Et(e) {
  return (e ?? "").split(";").filter(Boolean).map((t) => {
    const [r, ...i] = t.split(",").map((a) => {
      try {
        return decodeURIComponent(a);
      } catch {
        return a;
      }
    });
    return { name: r, nodes: i };
  });
}
const We = (e, t) => `${t ? "A" : "G"}:${e}`;
function _r(e, t, r, i) {
  const a = t.map((o) => r.nodes[o]), s = a.reduce((o, c) => o + c.influence, 0), l = a.reduce((o, c) => c.influence > o.influence ? c : o);
  return { id: We(e, i), kind: "group", layer: l.layer, position: l.position, influence: s, name: re(e), members: t, automatic: i };
}
function xn(e, t, r) {
  const i = new Int32Array(r + 1);
  for (const l of e) i[l + 1] += 1;
  for (let l = 0; l < r; l += 1) i[l + 1] += i[l];
  const a = i.slice(), s = new Int32Array(e.length);
  for (const l of t) s[a[e[l]]++] = l;
  return { start: i, edges: s };
}
function $r(e, t, r) {
  const i = new Map(e.nodes.map((f, v) => [f.id, v])), a = new Int32Array(e.nodes.length).fill(-1), s = [], l = /* @__PURE__ */ new Map();
  for (const [f, v] of [[t, !1], [r, !0]])
    for (const b of f) {
      const x = [...new Set(b.nodes.map((g) => i.get(g)))].filter((g) => g !== void 0 && a[g] < 0);
      if (!(x.length === 0 || v && x.length < 2 || l.has(We(b.name, v)))) {
        for (const g of x) a[g] = s.length;
        l.set(We(b.name, v), s.length), s.push(_r(b.name, x, e, v));
      }
    }
  e.nodes.forEach((f, v) => {
    a[v] < 0 && (a[v] = s.length, s.push({ id: f.id, kind: f.kind, layer: f.layer, position: f.position, influence: f.influence, name: ct(f, e), members: [v], automatic: !1 })), l.set(f.id, a[v]);
  });
  const o = s.length < e.nodes.length, c = /* @__PURE__ */ new Map(), d = o ? [] : e.edges;
  if (o) {
    for (const [f, v, b] of e.edges) {
      const [x, g] = [a[f], a[v]];
      x !== g && c.set(x * s.length + g, (c.get(x * s.length + g) ?? 0) + b);
    }
    for (const [f, v] of c) d.push([Math.floor(f / s.length), f % s.length, v]);
  }
  const h = Int32Array.from(d, (f) => o ? f[0] : a[f[0]]), p = Int32Array.from(d, (f) => o ? f[1] : a[f[1]]), m = Float32Array.from(d, (f) => f[2]), u = Int32Array.from(d.keys()).sort((f, v) => Math.abs(m[v]) - Math.abs(m[f]));
  return { answer: e, items: s, of: l, source: h, target: p, weight: m, order: u, inputs: xn(p, u, s.length), outputs: xn(h, u, s.length) };
}
const Nt = (e, t) => e.edges.subarray(e.start[t], e.start[t + 1]);
function ei(e, t, r = 200) {
  const i = t.trim().toLowerCase();
  if (!i) return [];
  const { answer: a } = e, s = (c) => c.toLowerCase().includes(i), l = e.items.map((c, d) => d).filter((c) => {
    const d = e.items[c];
    return s(d.name) || s(d.id) ? !0 : d.members.some((h) => {
      const p = a.nodes[h];
      return d.kind === "group" && (s(p.id) || s(p.label ?? "")) || p.kind === "latent" && String(p.index) === i || p.position >= 0 && p.kind !== "target" && s(a.tokens[p.position] ?? "");
    });
  }), o = (c) => s(e.items[c].name) || s(e.items[c].id) ? 1 : 0;
  return l.sort((c, d) => o(d) - o(c) || e.items[d].influence - e.items[c].influence).slice(0, r);
}
const [ae, ne] = [30, 26];
function ti(e) {
  const t = getComputedStyle(e), r = (i) => t.getPropertyValue(`--${i}`).trim();
  return { bg: r("bg"), panel: r("panel"), sunk: r("sunk"), ink: r("ink"), soft: r("ink-2"), faint: r("ink-3"), line: r("line"), line2: r("line-2"), strength: r("strength"), negative: r("negative"), dead: r("dead"), focus: r("focus"), sans: r("sans"), mono: r("mono") };
}
const rt = (e, t, r) => {
  const i = Math.min(7, Math.max(4.4, r * 0.27)) * Math.max(0.42, Math.min(1.7, Math.sqrt(t)));
  return e.kind === "error" || e.kind === "bias" ? i * 0.86 : i;
};
function ni(e, t, r, i, a) {
  e.beginPath(), t === "error" ? (e.moveTo(r, i - a * 1.2), e.lineTo(r + a * 1.2, i), e.lineTo(r, i + a * 1.2), e.lineTo(r - a * 1.2, i), e.closePath()) : t === "bias" ? (e.moveTo(r, i - a * 1.1), e.lineTo(r + a * 1.1, i + a * 0.8), e.lineTo(r - a * 1.1, i + a * 0.8), e.closePath()) : t === "token" ? e.roundRect(r - a, i - a, 2 * a, 2 * a, 2) : e.arc(r, i, a, 0, 2 * Math.PI);
}
function ri(e, t, r, i) {
  const { x: a, y: s, half: l, k: o, step: c, most: d } = i;
  if (ke(r)) return ii(e, t, r, a, s, l, o);
  const h = rt(r, o, c), p = e.globalAlpha;
  ni(e, r.kind, a, s, h), e.fillStyle = r.kind === "error" || r.kind === "bias" ? t.sunk : t.panel, e.globalAlpha = Math.max(0.7, p), e.fill(), e.globalAlpha = p, r.kind === "latent" ? (e.fillStyle = t.strength, e.globalAlpha = p * (0.08 + 0.92 * Math.sqrt(Math.min(1, Math.max(0, r.influence) / d))), e.fill(), e.globalAlpha = p) : r.kind === "token" ? (e.fillStyle = t.soft, e.fill()) : r.kind === "error" && (e.fillStyle = t.dead, e.globalAlpha = p * 0.55, e.fill(), e.globalAlpha = p), e.strokeStyle = r.kind === "error" ? t.faint : t.soft, e.lineWidth = h < 4 ? 0.7 : 1.1, e.stroke();
}
function ii(e, t, r, i, a, s, l) {
  const o = 10 * Math.min(1.25, Math.max(0.7, l)), c = e.globalAlpha;
  if (e.beginPath(), e.roundRect(i - s, a - o, 2 * s, 2 * o, r.kind === "group" ? o : 4), e.globalAlpha = Math.max(0.7, c), e.fillStyle = r.kind === "group" ? t.panel : t.ink, r.kind === "target" && (e.globalAlpha = c), e.fill(), e.globalAlpha = c, r.kind === "group" && (e.strokeStyle = t.ink, e.lineWidth = r.automatic ? 1 : 1.6, e.setLineDash(r.automatic ? [4, 3] : []), e.stroke(), e.setLineDash([])), s < 16) return;
  const d = Math.max(9, Math.min(13, 11.5 * l));
  e.font = `${r.kind === "group" ? 550 : 500} ${d}px ${t.sans}`, e.fillStyle = r.kind === "group" ? t.ink : t.bg;
  const h = r.kind === "group" ? ` ${r.members.length}` : "";
  Tt(e, Xt(r.name, (2 * s - 14) / (d * 0.56) - h.length) + h, i, a + 0.5);
}
function ai(e, t, r, i, a, s, l) {
  const c = Xt(r.name, (l * s - 6) / (10.5 * (r.kind === "token" ? 0.62 : 0.54)));
  if (!c) return;
  e.font = `${r.kind === "latent" ? 450 : 400} ${10.5}px ${r.kind === "token" ? t.mono : t.sans}`;
  const d = a + rt(r, s, l) + 9;
  e.lineWidth = 3, e.lineJoin = "round", e.strokeStyle = t.panel, e.textAlign = "center", e.textBaseline = "middle", e.direction = "ltr", e.strokeText(c, i, d), e.fillStyle = r.kind === "latent" || r.kind === "token" ? t.ink : t.faint, e.fillText(c, i, d);
}
function Tt(e, t, r, i) {
  e.textAlign = "center", e.textBaseline = "middle", e.direction = "ltr", e.fillText(t, r, i);
}
const Xt = (e, t) => {
  const r = [...e];
  return r.length <= t ? e : t < 2 ? "" : `${r.slice(0, Math.max(1, Math.floor(t) - 1)).join("").trimEnd()}…`;
};
function si(e, t, r, i, a, s) {
  e.fillStyle = t.panel, e.globalAlpha = 0.93, e.fillRect(0, 0, ae, s), e.fillRect(0, s - ne, a, ne), e.globalAlpha = 1, e.strokeStyle = t.line, e.lineWidth = 1, e.beginPath(), e.moveTo(ae + 0.5, 0), e.lineTo(ae + 0.5, s - ne + 0.5), e.lineTo(a, s - ne + 0.5), e.stroke(), e.fillStyle = t.faint, e.font = `400 11px ${t.sans}`;
  let l = 1 / 0;
  for (const c of r.rows) {
    const d = (c.at - i.y) * i.k + s / 2;
    d < 10 || d > s - ne - 8 || Math.abs(l - d) < 13 || (Tt(e, c.label, ae / 2, d), l = d);
  }
  e.save(), e.beginPath(), e.rect(ae + 1, s - ne, a, ne), e.clip(), e.font = `400 12px ${t.mono}`, e.fillStyle = t.soft;
  let o = ae;
  for (const c of r.columns) {
    const d = (c.at - i.x) * i.k + a / 2;
    if (d < ae - 40 || d > a + 40) continue;
    const h = (c.size + 12) * i.k, p = Xt(c.position < 0 ? c.label : le(c.label), h / 7.3), m = (e.measureText(p).width + 8) / 2;
    !p || d - m < o || (Tt(e, p, d, s - ne / 2), o = d + m);
  }
  e.restore();
}
const [oi, Re, ft] = [7, 0.3, 10], li = 110, [mt, kn] = [0.05, 12];
class ci {
  constructor(t, r, i) {
    this.box = t, this.canvas = i, [this.front, this.back] = r;
    for (const a of r) a.style.visibility = "hidden";
    this.top = i.getContext("2d"), this.recolour();
  }
  view = { x: 0, y: 0, k: 1 };
  hovered = -1;
  focused = -1;
  onView = () => {
  };
  shown;
  layout;
  palette;
  marks = { pins: /* @__PURE__ */ new Set(), found: null, changed: /* @__PURE__ */ new Map() };
  top;
  back;
  front;
  drawnAt = null;
  width = 0;
  height = 0;
  ratio = 1;
  frame = 0;
  rest = 0;
  making = null;
  makingAt = { x: 0, y: 0, k: 1 };
  bucket = new Uint8Array();
  byBucket = new Int32Array();
  fitted = !0;
  show(t, r) {
    this.shown = t, this.layout = r, this.hovered = this.focused = -1, this.sortEdges(), this.fitted && this.fit(!1), this.remake();
  }
  mark(t) {
    this.marks = t, this.invalidate();
  }
  recolour() {
    this.palette = ti(this.box), this.shown && this.remake();
  }
  resize() {
    const { clientWidth: t, clientHeight: r } = this.box;
    t === this.width && r === this.height || ([this.width, this.height] = [t, r], this.ratio = Math.min(2, devicePixelRatio || 1), this.canvas.width = Math.round(this.width * this.ratio), this.canvas.height = Math.round(this.height * this.ratio), this.shown && (this.fitted && this.fit(!1), this.remake()));
  }
  /** Everything in sight. */
  fit(t = !0) {
    if (!this.layout || !this.width) return;
    const [r, i] = [this.width - ae - 36, this.height - ne - 44], a = Math.max(mt, Math.min(1.35, r / Math.max(1, this.layout.width), i / Math.max(1, this.layout.height)));
    this.look({ x: this.layout.width / 2 - ae / 2 / a, y: this.layout.height / 2 + (ne - 6) / 2 / a, k: a }, t), this.fitted = !0;
  }
  look(t, r = !0) {
    this.view = { ...t, k: Math.max(mt, Math.min(kn, t.k)) }, this.fitted = !1, this.invalidate(), clearTimeout(this.rest), this.width && (this.rest = window.setTimeout(() => {
      this.remake(), r && this.onView(this.view);
    }, li));
  }
  get isFitted() {
    return this.fitted;
  }
  /** Larger by `factor`, with the point (x, y) of the box staying where it is. */
  zoom(t, r = this.width / 2, i = this.height / 2) {
    const a = Math.max(mt, Math.min(kn, this.view.k * t)), [s, l] = [r - this.width / 2, i - this.height / 2];
    this.look({ k: a, x: this.view.x + s / this.view.k - s / a, y: this.view.y + l / this.view.k - l / a });
  }
  pan(t, r) {
    this.look({ ...this.view, x: this.view.x - t / this.view.k, y: this.view.y - r / this.view.k });
  }
  /** Moves as little as needed to have an item in sight. */
  reveal(t) {
    const [r, i] = this.place(t), [a, s] = [r < ae + 40 ? ae + 60 - r : r > this.width - 40 ? this.width - 60 - r : 0, i < 30 ? 50 - i : i > this.height - ne - 30 ? this.height - ne - 50 - i : 0];
    (a || s) && this.pan(a, s);
  }
  place(t) {
    return [(this.layout.x[t] - this.view.x) * this.view.k + this.width / 2, (this.layout.y[t] - this.view.y) * this.view.k + this.height / 2];
  }
  placeOf(t) {
    const r = this.shown?.of.get(t);
    return r === void 0 ? null : this.place(r);
  }
  /** The item at a point of the box, -1 for none. */
  at(t, r) {
    let [i, a] = [-1, 1 / 0];
    for (let s = 0; s < this.shown.items.length; s += 1) {
      const [l, o] = this.place(s), c = this.layout.half[s] * this.view.k, d = Math.max(7, rt(this.shown.items[s], this.view.k, this.layout.step) + 3), [h, p] = [Math.max(0, Math.abs(l - t) - c), Math.abs(o - r)], m = Math.hypot(h, p);
      m < d && m < a && ([i, a] = [s, m]);
    }
    return i;
  }
  within(t, r, i, a) {
    return this.shown.items.map((s, l) => l).filter((s) => {
      const [l, o] = this.place(s);
      return l >= Math.min(t, i) && l <= Math.max(t, i) && o >= Math.min(r, a) && o <= Math.max(r, a);
    });
  }
  point(t) {
    this.hovered !== t && (this.hovered = t, this.invalidate());
  }
  invalidate() {
    this.frame || (this.frame = requestAnimationFrame(() => this.draw()));
  }
  close() {
    cancelAnimationFrame(this.frame), clearTimeout(this.rest), this.making = null;
  }
  // Edges are stroked by bucket: a sign and a level of strength, so that thousands share one stroke.
  sortEdges() {
    const { weight: t, order: r } = this.shown;
    this.bucket = new Uint8Array(t.length);
    const i = r.length && Math.abs(t[r[Math.floor(r.length * 2e-3)]]) || 1;
    for (let a = 0; a < t.length; a += 1) {
      const s = Math.min(ft - 1, Math.floor(Math.sqrt(Math.min(1, Math.abs(t[a]) / i)) * ft));
      this.bucket[a] = s * 2 + (t[a] < 0 ? 1 : 0);
    }
    this.byBucket = this.shown.order.slice().sort((a, s) => this.bucket[s] - this.bucket[a]);
  }
  style(t, r, i) {
    const a = (Math.floor(r / 2) + 0.5) / ft;
    t.strokeStyle = r % 2 ? this.palette.negative : this.palette.strength;
    const s = Math.min(1, Math.sqrt(1500 / Math.max(1, this.shown.weight.length)));
    t.globalAlpha = i ? 0.35 + 0.6 * a : 0.012 + 0.13 * s + (0.3 + 0.7 * s) * (0.62 * a) ** (1 + 1.2 * (1 - s)), t.lineWidth = (i ? 0.9 : 0.6) + 2.9 * a * a * Math.max(0.55, Math.min(1.5, Math.sqrt(this.view.k)));
  }
  line(t, r, i, a, s) {
    const [l, o] = [this.shown.source[r], this.shown.target[r]], { x: c, y: d } = this.layout, [h, p] = [(c[l] - i.x) * i.k + a, (d[l] - i.y) * i.k + s], [m, u] = [(c[o] - i.x) * i.k + a, (d[o] - i.y) * i.k + s];
    t.moveTo(h, p), this.shown.weight.length > 8e3 ? t.lineTo(m, u) : t.bezierCurveTo(h, p - (p - u) * 0.42, m, u + (p - u) * 0.42, m, u);
  }
  /** The bitmap anew, for the view as it is; the old one stays until this one is done. */
  remake() {
    !this.width || !this.shown || (this.makingAt = this.view, this.making = this.strokes(), this.invalidate());
  }
  *strokes() {
    const [t, r] = [this.width * (1 + 2 * Re), this.height * (1 + 2 * Re)], i = this.back;
    i.width = Math.round(t * this.ratio), i.height = Math.round(r * this.ratio), i.style.width = `${t}px`, i.style.height = `${r}px`;
    const a = i.getContext("2d");
    a.setTransform(this.ratio, 0, 0, this.ratio, 0, 0), a.lineCap = "round", a.globalCompositeOperation = "destination-over";
    const { x: s, y: l } = this.layout, o = this.makingAt, [c, d, h, p] = [o.x - t / 2 / o.k, o.x + t / 2 / o.k, o.y - r / 2 / o.k, o.y + r / 2 / o.k];
    let [m, u] = [-1, 0];
    for (const f of this.byBucket) {
      const [v, b] = [this.shown.source[f], this.shown.target[f]];
      s[v] < c && s[b] < c || s[v] > d && s[b] > d || l[v] < h && l[b] < h || l[v] > p && l[b] > p || ((this.bucket[f] !== m || u === 120) && (u && (a.stroke(), yield), this.bucket[f] !== m && this.style(a, m = this.bucket[f], !1), a.beginPath(), u = 0), this.line(a, f, o, t / 2, r / 2), u += 1);
    }
    u && a.stroke();
  }
  advance() {
    if (!this.making) return;
    const t = performance.now() + oi;
    for (; performance.now() < t; )
      if (this.making.next().done) {
        this.making = null, [this.front, this.back] = [this.back, this.front], this.front.style.visibility = "visible", this.back.style.visibility = "hidden", this.drawnAt = this.makingAt;
        break;
      }
    this.invalidate();
  }
  draw() {
    if (this.frame = 0, !this.shown || !this.width) return;
    if (this.advance(), this.drawnAt) {
      const i = this.drawnAt, a = this.view.k / i.k, [s, l] = [this.width * (1 + 2 * Re), this.height * (1 + 2 * Re)], [o, c] = [(i.x - this.view.x) * this.view.k + this.width / 2, (i.y - this.view.y) * this.view.k + this.height / 2];
      this.front.style.transform = `translate(${o - s / 2 * a}px, ${c - l / 2 * a}px) scale(${a})`;
    }
    const t = this.lit();
    this.front.style.opacity = t ? "0.22" : "1";
    const r = this.top;
    r.setTransform(this.ratio, 0, 0, this.ratio, 0, 0), r.clearRect(0, 0, this.width, this.height), t && this.drawEdges(r, t.edges), this.drawItems(r, t?.items ?? null), si(r, this.palette, this.layout, this.view, this.width, this.height), this.canvas.dataset.frames = String(Number(this.canvas.dataset.frames ?? 0) + 1), this.making ? delete this.canvas.dataset.ready : this.canvas.dataset.ready = "yes";
  }
  /** What is pointed at, or else pinned, with its edges and the items at their other ends. */
  lit() {
    const t = this.hovered >= 0 ? [this.hovered] : this.focused >= 0 ? [this.focused] : [...this.marks.pins];
    if (!t.length) return this.marks.found ? { edges: [], items: this.marks.found } : null;
    const r = [], i = new Set(t);
    for (const a of t)
      for (const s of [this.shown.inputs, this.shown.outputs])
        for (const l of Nt(s, a))
          r.push(l), i.add(this.shown.source[l]), i.add(this.shown.target[l]);
    return { edges: r, items: i };
  }
  drawEdges(t, r) {
    let i = -1;
    t.lineCap = "round";
    for (const a of r.sort((s, l) => this.bucket[s] - this.bucket[l]))
      this.bucket[a] !== i && (i >= 0 && t.stroke(), this.style(t, i = this.bucket[a], !0), t.beginPath()), this.line(t, a, this.view, this.width / 2, this.height / 2);
    i >= 0 && t.stroke(), t.globalAlpha = 1;
  }
  drawItems(t, r) {
    const { items: i } = this.shown, a = i.reduce((l, o) => o.kind === "target" || o.kind === "group" ? l : Math.max(l, o.influence), 1e-12), s = this.layout.step * this.view.k >= 46;
    for (let l = 0; l < i.length; l += 1) {
      const [o, c] = this.place(l), d = this.layout.half[l] * this.view.k;
      o < -d - 20 || o > this.width + d + 20 || c < -20 || c > this.height + 20 || (t.globalAlpha = r && !r.has(l) ? 0.28 : 1, ri(t, this.palette, i[l], { x: o, y: c, half: d, k: this.view.k, step: this.layout.step, most: a }), s && d === 0 && i[l].kind !== "error" && ai(t, this.palette, i[l], o, c, this.view.k, this.layout.step), this.drawRings(t, l, o, c, d));
    }
    t.globalAlpha = 1;
  }
  drawRings(t, r, i, a, s) {
    const l = this.marks.changed.get(r), o = [];
    l && o.push([l < 0 ? this.palette.negative : this.palette.strength, 4.5, 2]), this.marks.pins.has(r) && o.push([this.palette.ink, 3, 2]), this.focused === r && o.push([this.palette.focus, 5, 2]), this.marks.found?.has(r) && o.push([this.palette.focus, 4, 1.4]);
    for (const [c, d, h] of o) {
      const p = (s ? 10 * Math.min(1.25, Math.max(0.7, this.view.k)) : rt(this.shown.items[r], this.view.k, this.layout.step)) + d;
      t.globalAlpha = 1, t.strokeStyle = c, t.lineWidth = h, t.beginPath(), t.roundRect(i - s - (s ? d : p), a - p, 2 * (s + (s ? d : p)), 2 * p, p), t.stroke();
    }
  }
}
const di = 4;
function hi({ shown: e, view: t, onView: r, pins: i, onPin: a, found: s, changed: l, pointed: o }) {
  const c = F(null), [d, h, p] = [F(null), F(null), F(null)], m = F(null), [u, f] = z(null), [v, b] = z(""), [x, g] = z(null), k = se(() => jr(e), [e]), C = F(r);
  C.current = r, Ee(() => {
    const M = new ci(c.current, [d.current, h.current], p.current);
    m.current = M, M.onView = (B) => C.current(M.isFitted ? null : B), M.resize();
    const T = new ResizeObserver(() => M.resize());
    T.observe(c.current);
    const U = new MutationObserver(() => M.recolour());
    U.observe(c.current.closest(".mt"), { attributes: !0, attributeFilter: ["data-theme"] });
    const y = requestAnimationFrame(() => M.recolour());
    return Object.assign(c.current, { placeOf: (B) => M.placeOf(B) }), () => {
      cancelAnimationFrame(y), T.disconnect(), U.disconnect(), M.close();
    };
  }, []), Ee(() => {
    const M = m.current;
    M.resize(), M.show(e, k), f(null);
  }, [e, k]), Ee(() => {
    const M = m.current, T = t && Math.abs(t.x - M.view.x) < 0.1 && Math.abs(t.y - M.view.y) < 0.1 && Math.abs(t.k / M.view.k - 1) < 0.02;
    t && !T ? M.look(t, !1) : !t && !M.isFitted && M.fit(!1);
  }, [t?.x, t?.y, t?.k]);
  const A = se(() => new Set(i.map((M) => e.of.get(M)).filter((M) => M !== void 0)), [e, i.join()]);
  Y(() => m.current.mark({ pins: A, found: s && new Set(s), changed: l }), [A, s, l, e]), Y(() => m.current.point(o === null ? -1 : e.of.get(o) ?? -1), [o, e]);
  const P = (M, T) => {
    const U = e.items[M].id;
    a(T ? i.includes(U) ? i.filter((y) => y !== U) : [...i, U] : i.length === 1 && i[0] === U ? [] : [U]);
  };
  pi(c, m, { choose: P, setTip: f, setFrame: g, clear: () => i.length && a([]), add: (M) => a([.../* @__PURE__ */ new Set([...i, ...M.map((T) => e.items[T].id)])]) });
  const S = (M) => {
    const T = m.current;
    if (M.ctrlKey || M.metaKey || M.altKey) return;
    const U = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
    if (M.key in U) {
      if (M.shiftKey) T.pan(-60 * U[M.key][0], -60 * U[M.key][1]);
      else if (e.items.length) {
        const y = T.focused >= 0 ? T.focused : [...A][0] ?? e.items.findIndex((J) => J.kind === "target");
        T.focused = T.focused < 0 && !A.size ? Math.max(0, y) : Jr(k, Math.max(0, y), ...U[M.key]), T.reveal(T.focused), T.invalidate();
        const B = e.items[T.focused];
        b(`${B.name}, ${Rt(B, e.answer, ", ")}`), f({ item: T.focused, x: T.place(T.focused)[0], y: T.place(T.focused)[1] });
      }
    } else if (M.key === "Enter" || M.key === " ") {
      if (T.focused < 0) return;
      P(T.focused, M.shiftKey);
    } else if (M.key === "+" || M.key === "=") T.zoom(1.3);
    else if (M.key === "-") T.zoom(1 / 1.3);
    else if (M.key === "0") w();
    else if (M.key === "Escape")
      T.focused = -1, f(null), a([]);
    else return;
    M.preventDefault(), M.stopPropagation();
  }, w = () => {
    m.current.fit(!1), r(null);
  };
  return /* @__PURE__ */ n("div", { class: "g-box", ref: c, tabIndex: 0, role: "application", "aria-label": "Graph: arrows move from node to node, Enter pins", onKeyDown: S, onBlur: () => {
    m.current.focused = -1, m.current.invalidate(), f(null);
  }, children: [
    /* @__PURE__ */ n("canvas", { ref: d, class: "g-edges", "aria-hidden": "true" }),
    /* @__PURE__ */ n("canvas", { ref: h, class: "g-edges", "aria-hidden": "true" }),
    /* @__PURE__ */ n("canvas", { ref: p, class: "g-top", "aria-hidden": "true" }),
    x && /* @__PURE__ */ n("div", { class: "g-frame", style: { left: `${Math.min(x[0], x[2])}px`, top: `${Math.min(x[1], x[3])}px`, width: `${Math.abs(x[2] - x[0])}px`, height: `${Math.abs(x[3] - x[1])}px` } }),
    u && e.items[u.item] && /* @__PURE__ */ n(ui, { shown: e, item: u.item, x: u.x, y: u.y, width: c.current?.clientWidth ?? 600 }),
    /* @__PURE__ */ n("span", { class: "g-said", "aria-live": "polite", children: v }),
    /* @__PURE__ */ n("div", { class: "g-zoom", role: "group", "aria-label": "Zoom", children: [
      /* @__PURE__ */ n("button", { class: "btn quiet", onClick: () => m.current.zoom(1.4), "aria-label": "Larger", "data-tip": "Larger  (key +)", children: /* @__PURE__ */ n(pt, { path: "M8 3v10M3 8h10" }) }),
      /* @__PURE__ */ n("button", { class: "btn quiet", onClick: () => m.current.zoom(1 / 1.4), "aria-label": "Smaller", "data-tip": "Smaller  (key −)", children: /* @__PURE__ */ n(pt, { path: "M3 8h10" }) }),
      /* @__PURE__ */ n("button", { class: "btn quiet", onClick: w, "aria-label": "All of it", "data-tip": "All of it  (key 0)", children: /* @__PURE__ */ n(pt, { path: "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10" }) })
    ] })
  ] });
}
function ui({ shown: e, item: t, x: r, y: i, width: a }) {
  const s = e.items[t], l = e.answer.nodes[s.members[0]], o = l.position >= 0 && s.kind !== "token" && !Ie(s, e.answer) ? e.answer.tokens[l.position] : null;
  return /* @__PURE__ */ n("div", { class: "g-tip", style: { top: `${i + 16}px`, ...r > a / 2 ? { right: `${a - r + 10}px` } : { left: `${r + 10}px` } }, children: [
    /* @__PURE__ */ n("b", { children: /* @__PURE__ */ n("bdi", { children: s.name }) }),
    /* @__PURE__ */ n("span", { children: [
      Rt(s, e.answer, " · "),
      o !== null && s.kind !== "group" ? /* @__PURE__ */ n(E, { children: [
        " · ",
        /* @__PURE__ */ n(ue, { text: o })
      ] }) : ""
    ] }),
    /* @__PURE__ */ n("span", { class: "num", children: [
      s.kind === "group" ? `${s.members.length} nodes` : s.kind === "latent" ? `activation ${W(l.activation, 3)}` : s.kind === "error" ? `norm ${W(l.activation, 3)}` : "",
      s.kind === "latent" || s.kind === "error" || s.kind === "group" ? ` · influence ${D(s.influence, 2)}` : ""
    ] })
  ] });
}
function pi(e, t, r) {
  const i = F(r);
  i.current = r, Y(() => {
    const a = e.current, s = /* @__PURE__ */ new Map();
    let l = null, [o, c] = [!1, !1];
    const d = (b) => {
      const x = a.getBoundingClientRect();
      return [b.clientX - x.left, b.clientY - x.top];
    }, h = (b) => {
      b.button !== 0 || b.target.closest("button") || (s.set(b.pointerId, d(b)), a.setPointerCapture(b.pointerId), l = d(b), [o, c] = [!1, b.shiftKey]);
    }, p = (b) => {
      const x = t.current, g = d(b), k = s.get(b.pointerId);
      if (!k) {
        const C = b.target.closest("button") ? -1 : x.at(...g);
        x.point(C), a.style.cursor = C >= 0 ? "pointer" : "", i.current.setTip(C >= 0 ? { item: C, x: g[0], y: g[1] } : null);
        return;
      }
      if (!(!o && l && Math.hypot(g[0] - l[0], g[1] - l[1]) < di)) {
        if (o = !0, i.current.setTip(null), c) i.current.setFrame([l[0], l[1], ...g]);
        else if (s.size === 2) {
          const C = [...s].find(([P]) => P !== b.pointerId)[1], A = (P) => Math.max(1, Math.hypot(P[0] - C[0], P[1] - C[1]));
          x.zoom(A(g) / A(k), (g[0] + C[0]) / 2, (g[1] + C[1]) / 2);
        } else
          a.style.cursor = "grabbing", x.pan(g[0] - k[0], g[1] - k[1]);
        s.set(b.pointerId, g);
      }
    }, m = (b) => {
      if (!s.delete(b.pointerId)) return;
      const x = t.current, g = d(b);
      if (a.style.cursor = "", c && o) i.current.add(x.within(l[0], l[1], ...g));
      else if (!o) {
        const k = x.at(...g);
        k >= 0 ? i.current.choose(k, b.shiftKey) : b.shiftKey || i.current.clear();
      }
      i.current.setFrame(null), c = !1;
    }, u = () => {
      t.current.point(-1), i.current.setTip(null);
    }, f = (b) => {
      b.preventDefault();
      const x = b.deltaMode === 1 ? 16 : 1;
      b.shiftKey && !b.ctrlKey ? t.current.pan(-(b.deltaX || b.deltaY) * x, 0) : t.current.zoom(Math.exp(-b.deltaY * x * (b.ctrlKey ? 0.01 : 16e-4)), ...d(b));
    }, v = [["pointerdown", h], ["pointermove", p], ["pointerup", m], ["pointercancel", m], ["pointerleave", u]];
    for (const [b, x] of v) a.addEventListener(b, x);
    return a.addEventListener("wheel", f, { passive: !1 }), () => {
      for (const [b, x] of v) a.removeEventListener(b, x);
      a.removeEventListener("wheel", f);
    };
  }, []);
}
const fi = [
  { value: "frozen", label: "All frozen: direct effects" },
  { value: "frozen_attention", label: "Attention frozen" },
  { value: "free", label: "Nothing frozen" }
], mi = (e) => e.map((t) => `${encodeURIComponent(t.id)}${t.factor !== void 0 ? `*${t.factor}` : `=${t.value}`}`).join(",");
function Jn(e) {
  return (e ?? "").split(",").flatMap((t) => {
    const r = /^(.+)([*=])(-?[\d.]+(?:e-?\d+)?)$/i.exec(t);
    if (!r || !Number.isFinite(Number(r[3]))) return [];
    let i = r[1];
    try {
      i = decodeURIComponent(i);
    } catch {
    }
    return [r[2] === "*" ? { id: i, factor: Number(r[3]) } : { id: i, value: Number(r[3]) }];
  });
}
const gi = (e) => e.factor === 0 ? "ablated" : e.factor !== void 0 ? `× ${ge(e.factor)}` : `set to ${ge(e.value)}`;
function Zn() {
  const [e, t] = Q();
  return [Jn(e.do), (r) => t({ do: mi(r), ran: null })];
}
function Qn({ nodes: e }) {
  const [t, r] = Zn(), i = new Set(e.map((d) => d.id)), a = t.find((d) => i.has(d.id)), s = a ? a.factor === 0 ? "ablate" : a.factor !== void 0 ? "scale" : "clamp" : "leave", l = (d) => r([...t.filter((h) => !i.has(h.id)), ...d ? e.map((h) => ({ id: h.id, ...d })) : []]), o = (d) => l(d === "ablate" ? { factor: 0 } : d === "scale" ? { factor: 2 } : d === "clamp" ? { value: Number(e[0].activation.toPrecision(4)) } : null), c = (d) => {
    const h = Number(d.replace("−", "-"));
    d.trim() && Number.isFinite(h) && l(s === "scale" ? { factor: h } : { value: h });
  };
  return /* @__PURE__ */ n("div", { class: "row", style: { gap: "8px" }, children: [
    /* @__PURE__ */ n(Ue, { label: "Change", value: s, options: [{ value: "leave", label: "Leave" }, { value: "ablate", label: "Ablate" }, { value: "scale", label: "Scale" }, { value: "clamp", label: "Clamp" }], onChange: o }),
    (s === "scale" || s === "clamp") && /* @__PURE__ */ n(Ae, { label: s === "scale" ? "Factor" : "Value", type: "number", width: "76px", value: String(a.factor ?? a.value), onChange: c }, s)
  ] });
}
function bi(e, t) {
  const [r] = Q(), i = Jn(r.do), a = r.ran === "1" && i.length > 0, s = { run: e, name: t, changes: i, regime: r.regime ?? "frozen_attention" }, l = Z(a ? "/api/graph/intervene" : null, { body: s });
  return { effect: a && !l.error ? l.data : null, answer: l, asked: a };
}
function vi({ shown: e, result: t, onPoint: r, onPin: i }) {
  const [a, s] = Q(), [l, o] = Zn(), { answer: c, asked: d, effect: h } = t;
  if (!l.length) return null;
  const p = new Map(e.answer.nodes.map((u) => [u.id, u])), m = (u) => p.has(u) ? ct(p.get(u), e.answer) : u;
  return /* @__PURE__ */ n(L, { title: "Intervention", note: N() && /* @__PURE__ */ n("button", { class: "link", onClick: () => o([]), children: "Undo all" }), children: [
    /* @__PURE__ */ n("ul", { class: "g-changes", children: l.map((u) => /* @__PURE__ */ n("li", { onPointerEnter: () => r(u.id), onPointerLeave: () => r(null), children: [
      /* @__PURE__ */ n("button", { class: "link cut", onClick: () => i(u.id), children: /* @__PURE__ */ n("bdi", { children: m(u.id) }) }),
      /* @__PURE__ */ n("span", { class: "soft small num", children: gi(u) }),
      N() && /* @__PURE__ */ n("button", { class: "link faint", "aria-label": `Leave ${u.id} as it is`, onClick: () => o(l.filter((f) => f.id !== u.id)), children: "×" })
    ] }, u.id)) }),
    N() && /* @__PURE__ */ n("div", { class: "row", style: { marginTop: "12px", gap: "8px" }, children: [
      /* @__PURE__ */ n(ze, { label: "What the rest of the model does", value: a.regime ?? "frozen_attention", options: fi, onChange: (u) => s({ regime: u === "frozen_attention" ? null : u, ran: null }) }),
      /* @__PURE__ */ n("button", { class: "btn main", disabled: d && c.loading, onClick: () => d ? c.reload() : s({ ran: 1 }), children: d && c.loading ? "Running…" : "See the logits" })
    ] }),
    d && c.error && /* @__PURE__ */ n("div", { style: { marginTop: "12px" }, children: /* @__PURE__ */ n(R, { error: c.error }) }),
    d && c.loading && !c.error && /* @__PURE__ */ n("div", { style: { marginTop: "12px" }, children: /* @__PURE__ */ n(Se, { lines: 5 }) }),
    h && /* @__PURE__ */ n(xi, { effect: h }),
    h && /* @__PURE__ */ n(ki, { effect: h, changed: new Set(l.map((u) => u.id)), answer: e.answer, named: m, onPoint: r, onPin: i })
  ] });
}
function xi({ effect: e }) {
  const t = [...e.logits].sort((i, a) => Math.max(a.before, a.after) - Math.max(i.before, i.after)), r = Math.max(1e-9, ...t.map((i) => Math.max(i.before, i.after)));
  return /* @__PURE__ */ n("table", { class: "t g-logits", style: { marginTop: "14px" }, children: [
    /* @__PURE__ */ n("thead", { children: /* @__PURE__ */ n("tr", { children: [
      /* @__PURE__ */ n("th", { children: "next token" }),
      /* @__PURE__ */ n("th", { class: "r", children: "before" }),
      /* @__PURE__ */ n("th", { class: "r", children: "after" }),
      /* @__PURE__ */ n("th", {})
    ] }) }),
    /* @__PURE__ */ n("tbody", { children: t.map((i) => /* @__PURE__ */ n("tr", { children: [
      /* @__PURE__ */ n("td", { style: { maxWidth: "110px" }, children: /* @__PURE__ */ n(ue, { text: i.token }) }),
      /* @__PURE__ */ n("td", { class: "r num soft", children: D(i.before, 3) }),
      /* @__PURE__ */ n("td", { class: "r num", style: { fontWeight: 560, color: i.after > i.before * 1.02 ? "var(--strength-ink)" : i.after < i.before * 0.98 ? "var(--negative-ink)" : void 0 }, children: D(i.after, 3) }),
      /* @__PURE__ */ n("td", { style: { width: "34%" }, children: /* @__PURE__ */ n("span", { class: "g-two", "aria-hidden": "true", children: [
        /* @__PURE__ */ n("i", { style: { width: `${100 * i.before / r}%`, background: "var(--line-2)" } }),
        /* @__PURE__ */ n("i", { style: { width: `${100 * i.after / r}%`, background: i.after >= i.before ? "var(--strength)" : "var(--negative)" } })
      ] }) })
    ] }, i.token_id)) })
  ] });
}
function ki({ effect: e, changed: t, answer: r, named: i, onPoint: a, onPin: s }) {
  const [l, o] = z(!1), c = new Set(r.nodes.map((p) => p.id)), d = e.nodes.filter((p) => c.has(p.id) && !t.has(p.id) && p.after !== p.before).sort((p, m) => Math.abs(m.after - m.before) - Math.abs(p.after - p.before)), h = Math.abs(d[0]?.after - d[0]?.before) || 1;
  return /* @__PURE__ */ n("div", { style: { marginTop: "16px" }, children: [
    /* @__PURE__ */ n("div", { class: "band", children: [
      /* @__PURE__ */ n("h3", { children: "Other latents" }),
      /* @__PURE__ */ n("span", { class: "small", children: "activation, after less before" })
    ] }),
    d.length === 0 ? /* @__PURE__ */ n(K, { title: "None changed", short: !0 }) : /* @__PURE__ */ n("div", { class: "bars g-list", children: d.slice(0, l ? 200 : 8).map((p) => /* @__PURE__ */ n("button", { onClick: () => s(p.id), onPointerEnter: () => a(p.id), onPointerLeave: () => a(null), "data-tip": `${W(p.before)} → ${W(p.after)}`, children: [
      /* @__PURE__ */ n("span", { class: "cut", children: /* @__PURE__ */ n("bdi", { children: i(p.id) }) }),
      /* @__PURE__ */ n(Ke, { value: p.after - p.before, most: h, both: !0 }),
      /* @__PURE__ */ n("span", { class: "r num", children: W(p.after - p.before, 3) })
    ] }, p.id)) }),
    d.length > 8 && /* @__PURE__ */ n("button", { class: "link small", onClick: () => o(!l), children: l ? "Fewer" : `All ${d.length}` })
  ] });
}
const gt = [
  { value: "add", label: "add", units: [{ value: "max", label: "× its maximum" }, { value: "norm", label: "× residual norm" }, { value: "activation", label: "activation" }], start: 4 },
  { value: "clamp", label: "clamp to", units: [{ value: "max", label: "× its maximum" }, { value: "activation", label: "activation" }], start: 4 },
  { value: "min_clamp", label: "at least", units: [{ value: "max", label: "× its maximum" }, { value: "activation", label: "activation" }], start: 1 },
  { value: "scale", label: "multiply by", units: [], start: 2 },
  { value: "ablate", label: "ablate", units: [], start: null },
  { value: "project_out", label: "project out", units: [], start: null }
], yi = (e, t) => ({ kind: "add", latent: e, value: 4, unit: "max", dictionary: t });
function _n(e) {
  if (!e) return [];
  try {
    const t = JSON.parse(e);
    return Array.isArray(t) && t.every((r) => r && typeof r == "object") ? t : null;
  } catch {
    return null;
  }
}
function zt(e, t, r) {
  return e.some((a) => a.latent === t && a.dictionary === r) ? e : [...e, yi(t, r)];
}
const Gt = /* @__PURE__ */ new Map(), wi = (e, t) => void Gt.set(e, t), Si = (e) => Gt.get(e);
function Ut(e, t, r, i = "") {
  const a = Gt.get(e) ?? {}, s = zt(_n(a.changes) ?? [], r, t);
  return oe("steer", { ...a, prompt: a.prompt || i.slice(0, 3e3), run: e, dictionary: t, changes: JSON.stringify(s) });
}
const Mi = "application/x-microtome-steer", Ci = (e) => ({
  draggable: !0,
  onDragStart: (t) => {
    t.dataTransfer?.setData(Mi, e()), document.body.dataset.carrying = "latent";
  },
  onDragEnd: () => void delete document.body.dataset.carrying
});
function jt(e) {
  const t = Number(e.trim().replace("−", "-").replace(",", "."));
  return e.trim() !== "" && Number.isFinite(t) ? t : e;
}
const yn = ["var(--s0)", "var(--s1)", "var(--s2)", "var(--s3)", "var(--s4)", "var(--s5)"], $n = [
  { name: "dead", colour: "var(--dead)" },
  { name: "rare", colour: "var(--rare)" },
  { name: "normal", colour: "var(--normal)" },
  { name: "dense", colour: "var(--dense)" }
], Jt = (e) => e <= 0 ? "var(--dead)" : e < 1e-4 ? "var(--rare)" : e > 0.1 ? "var(--dense)" : "var(--normal)", Ai = { all: {}, dead: { to: 0 }, rare: { from: 1e-12, to: 1e-4 }, normal: { from: 1e-4, to: 0.1 }, dense: { from: 0.1 } }, wn = [
  { value: "interesting", label: "Interesting first" },
  { value: "density", label: "By density" },
  { value: "max", label: "By strongest" },
  { value: "mean", label: "By mean" },
  { value: "latent", label: "By number" }
];
function Ei(e, t, r) {
  if (e === null) return "";
  if (!r || e.nearest === void 0) return `${q(e.total)} of ${q(t)}`;
  const i = `the ${q(e.nearest)} nearest to latent ${r}`;
  return `${e.total === e.nearest ? "" : `${q(e.total)} of `}${i}, of ${q(t)}`;
}
function er({ run: e, dictionary: t }) {
  return /* @__PURE__ */ n("div", { class: "panel", children: /* @__PURE__ */ n(K, { title: "The latents have not been looked at yet", children: [
    "One pass over text finds when each of the ",
    q(t.latents),
    " latents fires. Run ",
    /* @__PURE__ */ n("code", { children: [
      "microtome latents ",
      e.path,
      " --text TEXT"
    ] }),
    ", then come back: this page finds it by itself."
  ] }) });
}
const Ni = ({ density: e }) => /* @__PURE__ */ n("span", { class: "meter", "data-tip": `${D(e, 3)} of tokens`, children: /* @__PURE__ */ n("i", { style: { width: `${e > 0 ? Math.max(3, 100 * (Math.log10(e) + 6) / 6) : 0}%`, background: Jt(e) } }) });
function Ti(e) {
  const { run: t, dictionary: r } = e, [i, a] = Q(), [s, l] = z(null), o = i.near ? "cosine" : "interesting", c = i.sort ?? o, d = i.order !== "up", h = i.show ?? "all", p = Ai[h] ?? {}, m = {
    dictionary: r.name,
    sort: c,
    descending: d,
    token: i.token,
    label: i.label,
    near: i.near,
    density_from: p.from,
    density_to: p.to,
    strength_from: i.strength_from,
    strength_to: i.strength_to
  };
  if (!r.store) return /* @__PURE__ */ n(E, { children: [
    /* @__PURE__ */ n("h1", { children: "Latents" }),
    /* @__PURE__ */ n(er, { ...e })
  ] });
  const u = i.token || i.label || i.near || h !== "all" || i.strength_from || i.strength_to;
  return /* @__PURE__ */ n(E, { children: [
    /* @__PURE__ */ n("div", { class: "row end", children: [
      /* @__PURE__ */ n("h1", { children: "Latents" }),
      /* @__PURE__ */ n("span", { class: "soft num", role: "status", children: Ei(s, r.latents, i.near) })
    ] }),
    /* @__PURE__ */ n("div", { class: "row", children: [
      /* @__PURE__ */ n(Ae, { label: "Search labels", value: i.label ?? "", width: "200px", onChange: (f) => a({ label: f, row: null }) }),
      /* @__PURE__ */ n(Ae, { label: "Fires on token", value: i.token ?? "", width: "150px", onChange: (f) => a({ token: f, row: null }) }),
      /* @__PURE__ */ n(Ae, { label: "Nearest to latent", type: "number", value: i.near ?? "", width: "150px", onChange: (f) => a({ near: f, sort: null, order: null, row: null }) }),
      /* @__PURE__ */ n(Ue, { label: "Density", value: h, options: [{ value: "all", label: "All" }, ...$n.map((f) => ({ value: f.name, label: f.name, colour: f.colour }))], onChange: (f) => a({ show: f === "all" ? null : f, row: null }) }),
      /* @__PURE__ */ n(Ae, { label: "Strongest above", type: "number", value: i.strength_from ?? "", width: "140px", onChange: (f) => a({ strength_from: f, row: null }) }),
      /* @__PURE__ */ n(ze, { label: "Order", value: c, options: i.near ? [{ value: "cosine", label: "Nearest first" }, ...wn] : wn, onChange: (f) => a({ sort: f === o ? null : f, order: null, row: null }) }),
      u && /* @__PURE__ */ n("button", { class: "btn quiet", onClick: () => a({ token: null, label: null, near: null, ...i.near ? { sort: null, order: null } : {}, show: null, strength_from: null, strength_to: null, row: null }), children: "Clear" })
    ] }),
    /* @__PURE__ */ n(
      Xn,
      {
        label: "Latents",
        path: j(t.id, "/latents"),
        params: m,
        sort: c,
        descending: d,
        onTotal: (f, v) => l({ ...v, total: f }),
        minWidth: 680,
        onSort: (f, v) => a({ sort: f, order: v ? null : "up", row: null }),
        first: Number(i.row ?? 0),
        onFirst: (f) => a({ row: f || null }),
        href: (f) => oe("latent", { run: t.id, dictionary: r.name, latent: f.latent }),
        empty: "No latent fits the filter.",
        columns: [
          { key: "latent", title: "latent", width: "72px", right: !0, sort: "latent", cell: (f) => /* @__PURE__ */ n("b", { style: { fontWeight: 560 }, children: f.latent }) },
          { key: "label", title: "label", width: "minmax(120px, 1fr)", cell: (f) => f.label ? /* @__PURE__ */ n("span", { "data-tip": re(f.label), style: f.by_user ? { fontWeight: 560 } : void 0, children: /* @__PURE__ */ n(ie, { text: f.label }) }) : /* @__PURE__ */ n("span", { class: "faint", children: "–" }) },
          { key: "top_token", title: "top token", width: "110px", tip: "The token it fires on most", cell: (f) => f.top_token === null || f.top_token === void 0 ? /* @__PURE__ */ n("span", { class: "faint", children: "–" }) : /* @__PURE__ */ n(ue, { text: f.top_token }) },
          ...i.near ? [{ key: "cosine", title: "cosine", width: "82px", right: !0, sort: "cosine", tip: "of the decoder directions", cell: (f) => W(f.cosine, 3) }] : [],
          { key: "density", title: "density", width: "78px", right: !0, sort: "density", tip: "Share of tokens it fires on", cell: (f) => D(f.density) },
          { key: "bar", title: "", width: "88px", wide: !0, cell: (f) => /* @__PURE__ */ n(Ni, { density: f.density }) },
          { key: "count", title: "tokens", width: "74px", wide: !0, right: !0, sort: "count", tip: "Tokens it fired on", cell: (f) => he(f.count) },
          { key: "max", title: "strongest", width: "82px", right: !0, sort: "max", cell: (f) => W(f.max) },
          { key: "mean", title: "mean", width: "74px", right: !0, sort: "mean", tip: "Mean where it fires", cell: (f) => W(f.mean) }
        ]
      }
    )
  ] });
}
function tr(e, t, r, i, a) {
  const [s, l] = z(r), [o, c] = z({ answer: null, error: null }), [d, h] = z(!1), p = F(!0);
  return Y(() => {
    if (s.trim() === "") {
      c({ answer: null, error: null }), h(!1), p.current || a(""), p.current = !1;
      return;
    }
    const m = new AbortController();
    let u = () => {
    };
    const f = ee(j(e, "/text"), { dictionary: t }), v = i === null ? { text: s } : { text: s, latent: i }, b = setTimeout(() => {
      h(!0), ye("POST", f, v, m.signal).then(
        (x) => {
          m.signal.aborted || (u = ot(`POST ${f} ${JSON.stringify(v)}`, x), h(!1), c({ answer: x, error: null }), a(s));
        },
        (x) => {
          m.signal.aborted || x.name === "AbortError" || (h(!1), c((g) => ({ ...g, error: x instanceof G ? x.detail : { problem: String(x), cure: "" } })));
        }
      );
    }, p.current ? 0 : 110);
    return p.current = !1, () => {
      clearTimeout(b), m.abort(), u();
    };
  }, [s, e, t, i]), { text: s, setText: l, ...o, busy: d };
}
function zi(e, t, r, i) {
  const a = e.special.filter((l) => !l).length;
  return e.latents.filter((l) => !(i && (l.density ?? 0) > 0.1)).map((l) => {
    const o = new Map(l.positions.map((p, m) => [p, l.values[m]])), c = r.length ? r.map((p) => o.get(p) ?? 0) : l.values, d = c.reduce((p, m) => p + m, 0), h = t === "max" ? Math.max(0, ...c) : t === "sum" ? d : d / (r.length || a || 1);
    return { ...l, at: o, pooled: h };
  }).filter((l) => l.pooled > 0).sort((l, o) => o.pooled - l.pooled);
}
function Ui(e) {
  const { run: t, dictionary: r } = e, [i, a] = Q(), { text: s, setText: l, answer: o, error: c, busy: d } = tr(t.id, r.name, i.text ?? "", null, (x) => a({ text: x.length <= 6e3 ? x : null })), h = i.pool ?? "max", p = i.dense !== "show", m = Number(i.n ?? 24), u = (i.tokens ?? "").split(",").filter(Boolean).map(Number).filter((x) => x < (o?.tokens.length ?? 0)), f = (x) => a({ tokens: (u.includes(x) ? u.filter((g) => g !== x) : [...u, x].sort((g, k) => g - k)).join(",") }), v = o ? zi(o, h, u, p) : [], b = o ? o.latents.filter((x) => (x.density ?? 0) > 0.1).length : 0;
  return /* @__PURE__ */ n(E, { children: [
    /* @__PURE__ */ n("div", { class: "row end", children: [
      /* @__PURE__ */ n("h1", { children: "Text" }),
      /* @__PURE__ */ n("span", { class: "soft small num", role: "status", children: d ? "reading…" : o ? `${q(o.tokens.length)} tokens · ${q(o.latents.length)} latents fire` : "" })
    ] }),
    N() && /* @__PURE__ */ n("textarea", { class: "field", rows: 4, "aria-label": "Your text", placeholder: "Type or paste text: the latents that fire on it appear as you go", value: s, spellcheck: !1, onInput: (x) => {
      l(x.currentTarget.value), i.tokens && a({ tokens: null });
    } }),
    c && /* @__PURE__ */ n(R, { error: c }),
    !s && /* @__PURE__ */ n("div", { class: "panel", children: /* @__PURE__ */ n(K, { title: "No text yet", children: [
      "Every token is read by ",
      String(t.model),
      ", and ",
      r.name,
      " says which of its latents fire. Text stays on this machine."
    ] }) }),
    s && !o && !c && /* @__PURE__ */ n(L, { children: /* @__PURE__ */ n(Se, { lines: 6 }) }),
    o && s && /* @__PURE__ */ n(E, { children: [
      /* @__PURE__ */ n("div", { class: "row", children: [
        /* @__PURE__ */ n(Ue, { label: "Order latents by", value: h, options: [{ value: "max", label: "Strongest" }, { value: "mean", label: "Mean" }, { value: "sum", label: "Sum" }], onChange: (x) => a({ pool: x === "max" ? null : x }) }),
        /* @__PURE__ */ n(Ue, { label: "Latents shown", value: String(m), options: ["12", "24", "48", "96"].map((x) => ({ value: x, label: x })), onChange: (x) => a({ n: x === "24" ? null : x }) }),
        /* @__PURE__ */ n("label", { class: "check", children: [
          /* @__PURE__ */ n("input", { type: "checkbox", checked: p, onChange: (x) => a({ dense: x.currentTarget.checked ? null : "show" }) }),
          "hide dense latents",
          b > 0 && /* @__PURE__ */ n("span", { class: "faint num", children: [
            "(",
            b,
            ")"
          ] })
        ] }),
        u.length > 0 && /* @__PURE__ */ n("button", { class: "btn quiet", onClick: () => a({ tokens: null }), children: [
          u.length,
          " token",
          u.length > 1 ? "s" : "",
          " chosen · clear"
        ] })
      ] }),
      /* @__PURE__ */ n(Ii, { answer: o, rows: v, chosen: u, pick: f }),
      v.length === 0 ? /* @__PURE__ */ n("div", { class: "panel", children: /* @__PURE__ */ n(K, { title: "No latent fires", short: !0, children: p && b ? "All that fire are dense, and dense ones are hidden." : "Not on these tokens." }) }) : /* @__PURE__ */ n(E, { children: [
        /* @__PURE__ */ n(Wi, { ...e, text: s, answer: o, rows: v.slice(0, m), chosen: u, pick: f }),
        /* @__PURE__ */ n(Bi, { ...e, rows: v, count: m, pool: h, chosen: u.length })
      ] })
    ] })
  ] });
}
function Ii({ answer: e, rows: t, chosen: r, pick: i }) {
  const a = e.tokens.map((l, o) => t.reduce((c, d) => {
    const h = d.at.get(o) ?? 0;
    return h > (c?.value ?? 0) ? { value: h, latent: d.latent } : c;
  }, null)), s = Math.max(1e-12, ...a.map((l) => l?.value ?? 0));
  return /* @__PURE__ */ n(L, { title: "The text", note: "shaded by the strongest latent; click tokens to sort by them", children: /* @__PURE__ */ n("div", { style: { lineHeight: 1.85, overflowWrap: "anywhere", maxHeight: "240px", overflowY: "auto", whiteSpace: "pre-wrap" }, children: e.tokens.map((l, o) => /* @__PURE__ */ n(Ve, { text: l, value: a[o]?.value ?? 0, scale: s, breaks: !0, picked: r.includes(o), onPick: e.special[o] ? void 0 : () => i(o), tip: e.special[o] ? "special token, not counted" : a[o] ? `latent ${a[o].latent}: ${W(a[o].value)}` : "nothing shown fires" })) }) });
}
function Wi({ run: e, dictionary: t, text: r, answer: i, rows: a, chosen: s, pick: l }) {
  const o = i.tokens.map((c, d) => d).filter((c) => !i.special[c]).slice(0, 300);
  return /* @__PURE__ */ n(L, { title: "Latents by token", note: `${o.length === 300 ? "the first 300 tokens; " : ""}each row on its own scale${Pe() ? "; drag a latent onto Steer to write with it" : ""}`, children: /* @__PURE__ */ n("div", { class: "heat", tabIndex: 0, "aria-label": "Heat map of latents by token", children: /* @__PURE__ */ n("table", { children: [
    /* @__PURE__ */ n("thead", { children: /* @__PURE__ */ n("tr", { children: [
      /* @__PURE__ */ n("th", { children: /* @__PURE__ */ n("span", { class: "small faint", children: "latent" }) }),
      o.map((c) => /* @__PURE__ */ n("th", { children: /* @__PURE__ */ n("button", { "aria-pressed": s.includes(c), "aria-label": `Sort by token ${le(i.tokens[c])}`, onClick: () => l(c), children: le(i.tokens[c]) }) }))
    ] }) }),
    /* @__PURE__ */ n("tbody", { children: a.map((c) => {
      const d = Math.max(...c.values);
      return /* @__PURE__ */ n("tr", { children: [
        /* @__PURE__ */ n("th", { scope: "row", "data-tip": c.label ? re(c.label) : void 0, ...Pe() ? Ci(() => Ut(e.id, t.name, c.latent, r)) : {}, children: /* @__PURE__ */ n("div", { class: "row", style: { flexWrap: "nowrap", gap: "8px" }, children: [
          /* @__PURE__ */ n("span", { class: "swatch", style: { background: Jt(c.density ?? 1e-3) } }),
          /* @__PURE__ */ n("a", { class: "num", href: N() ? oe("latent", { run: e.id, dictionary: t.name, latent: c.latent }) : void 0, children: c.latent }),
          /* @__PURE__ */ n("span", { class: "soft small cut grow", children: /* @__PURE__ */ n(ie, { text: c.label ?? "" }) }),
          Pe() && /* @__PURE__ */ n("a", { class: "send small", href: Ut(e.id, t.name, c.latent, r), "data-tip": "Write with this latent changed", "aria-label": `Steer latent ${c.latent}`, children: "steer" })
        ] }) }),
        o.map((h) => {
          const p = c.at.get(h) ?? 0;
          return /* @__PURE__ */ n("td", { class: "cell", style: p > 0 ? { "--s": (0.12 + 0.88 * p / d).toFixed(3) } : void 0, "data-tip": p > 0 ? `${le(i.tokens[h])}
latent ${c.latent}: ${W(p)}` : void 0 });
        })
      ] });
    }) })
  ] }) }) });
}
const Li = { max: "strongest", mean: "mean", sum: "sum" };
function Bi({ run: e, dictionary: t, rows: r, count: i, pool: a, chosen: s }) {
  const l = r.reduce((p, m) => p + m.pooled, 0) / r.length, o = Math.sqrt(r.reduce((p, m) => p + (m.pooled - l) ** 2, 0) / r.length), c = l + o, d = Math.max(r[0].pooled, c), h = r.filter((p) => p.pooled > c).length;
  return /* @__PURE__ */ n(L, { title: "What stands out", note: /* @__PURE__ */ n(E, { children: [
    Li[a],
    " activation",
    s ? " on the chosen tokens" : "",
    " · ",
    h,
    " of ",
    r.length,
    " above mean + σ = ",
    /* @__PURE__ */ n("span", { class: "num", children: W(c) })
  ] }), children: [
    /* @__PURE__ */ n("div", { class: "bars", style: { position: "relative" }, children: r.slice(0, i).map((p) => /* @__PURE__ */ n("div", { style: { gridTemplateColumns: "250px 1fr 58px" }, children: [
      /* @__PURE__ */ n("span", { class: "cut", "data-tip": p.label ? re(p.label) : void 0, children: [
        /* @__PURE__ */ n("a", { class: "num", href: N() ? oe("latent", { run: e.id, dictionary: t.name, latent: p.latent }) : void 0, children: p.latent }),
        " ",
        /* @__PURE__ */ n("span", { class: "soft small", children: /* @__PURE__ */ n(ie, { text: p.label ?? "" }) })
      ] }),
      /* @__PURE__ */ n("span", { class: "track", "data-tip": `${W(p.pooled)}${p.density === null ? "" : `
fires on ${D(p.density)} of tokens`}`, children: [
        /* @__PURE__ */ n("i", { style: { left: 0, width: `${100 * p.pooled / d}%`, background: p.pooled > c ? "var(--strength)" : "var(--strength-soft)" } }),
        /* @__PURE__ */ n("i", { style: { left: `${100 * c / d}%`, width: 0, top: "-7px", bottom: "-7px", borderRadius: 0, borderLeft: "1.5px dashed var(--ink-3)" } })
      ] }),
      /* @__PURE__ */ n("span", { class: "r num", children: W(p.pooled, 3) })
    ] })) }),
    /* @__PURE__ */ n("div", { class: "legend", style: { marginTop: "10px" }, children: /* @__PURE__ */ n("span", { children: [
      /* @__PURE__ */ n("i", { style: { borderLeft: "1.5px dashed var(--ink-3)", height: "12px" } }),
      "mean + σ over all latents that fire"
    ] }) })
  ] });
}
const nr = (e, t, r) => ee(j(e, `/latents/${r}`), { dictionary: t });
function qi(e) {
  const { run: t, dictionary: r } = e, [i] = Q(), a = Number(i.latent ?? 0), s = Z(r.store ? nr(t.id, r.name, a) : null), l = (c) => oe("latent", { run: t.id, dictionary: r.name, latent: c, lines: i.lines }), o = (c) => a + c >= 0 && a + c < r.latents && lt(l(a + c));
  return Y(() => {
    const c = (d) => {
      !N() || d.ctrlKey || d.metaKey || d.altKey || d.target.closest?.("input, textarea, select, .v-body") || (d.key === "ArrowLeft" ? o(-1) : d.key === "ArrowRight" ? o(1) : d.key === "e" && (d.preventDefault(), document.querySelector(".label-edit")?.focus()));
    };
    return addEventListener("keydown", c), () => removeEventListener("keydown", c);
  }), r.store ? /* @__PURE__ */ n(Le, { answer: s, lines: 12, children: (c) => /* @__PURE__ */ n(E, { children: [
    /* @__PURE__ */ n("div", { class: "row end", style: { flexWrap: "nowrap", alignItems: "flex-start" }, children: [
      /* @__PURE__ */ n("div", { class: "grow", children: /* @__PURE__ */ n(Di, { ...e, latent: c, saved: s.reload }) }),
      N() && /* @__PURE__ */ n("div", { class: "row", style: { flexWrap: "nowrap", gap: "4px" }, children: [
        Pe() && /* @__PURE__ */ n("a", { class: "btn", href: Ut(t.id, r.name, a), "data-tip": "Write with this latent changed", children: "Steer" }),
        /* @__PURE__ */ n("button", { class: "btn", disabled: a <= 0, onClick: () => o(-1), "aria-label": "Previous latent", "data-tip": "Previous latent  (key ←)", children: "←" }),
        /* @__PURE__ */ n("button", { class: "btn", disabled: a >= r.latents - 1, onClick: () => o(1), "aria-label": "Next latent", "data-tip": "Next latent  (key →)", children: "→" })
      ] })
    ] }),
    /* @__PURE__ */ n("div", { class: "tiles four", children: [
      /* @__PURE__ */ n(qe, { k: "Density", v: D(c.density), i: c.density > 0.1 ? "dense" : c.density === 0 ? "dead" : c.density < 1e-4 ? "rare" : "of tokens", tip: "Share of tokens it fires on" }),
      /* @__PURE__ */ n(qe, { k: "Fired on", v: he(c.count), i: c.tokens_seen ? `of ${he(c.tokens_seen)} tokens` : "tokens" }),
      /* @__PURE__ */ n(qe, { k: "Strongest", v: W(c.max) }),
      /* @__PURE__ */ n(qe, { k: "Mean", v: W(c.mean), i: "where it fires" })
    ] }),
    /* @__PURE__ */ n("div", { class: "latent", children: [
      /* @__PURE__ */ n("div", { class: "stack numbers", children: [
        /* @__PURE__ */ n(Oi, { latent: c }),
        /* @__PURE__ */ n(ir, { latent: c })
      ] }),
      /* @__PURE__ */ n("div", { class: "stack told", children: [
        N() && /* @__PURE__ */ n(Fi, { ...e, latent: c }),
        /* @__PURE__ */ n(Yi, { latent: c })
      ] }),
      /* @__PURE__ */ n("div", { class: "stack others", children: [
        /* @__PURE__ */ n(Ki, { latent: c }),
        /* @__PURE__ */ n(Cn, { title: "Similar direction", note: "decoder cosine", empty: "No neighbours kept", rows: c.neighbours.map((d) => ({ ...d, value: d.cosine, text: W(d.cosine, 3) })), to: l }),
        /* @__PURE__ */ n(Cn, { title: "Fires together with", note: "shared tokens, Jaccard index", empty: "It fires alone", rows: c.coactive.map((d) => ({ ...d, value: d.score, text: W(d.score, 3), tip: `${q(d.count)} tokens` })), to: l }),
        /* @__PURE__ */ n(Vi, { latent: c })
      ] })
    ] })
  ] }) }) : /* @__PURE__ */ n(E, { children: [
    /* @__PURE__ */ n("h1", { children: [
      "Latent ",
      a
    ] }),
    /* @__PURE__ */ n(er, { ...e })
  ] });
}
function Di({ run: e, dictionary: t, latent: r, saved: i }) {
  const a = r.user_label, [s, l] = z(a?.text ?? ""), [o, c] = z(a?.note ?? ""), [d, h] = z({}), [p, m] = z(!1), [u, f] = z(!1);
  Y(() => {
    l(a?.text ?? ""), c(a?.note ?? ""), h({});
  }, [r.latent, a?.when]);
  const v = s !== (a?.text ?? "") || o !== (a?.note ?? ""), b = () => ye("POST", ee(j(e.id, `/latents/${r.latent}/label`), { dictionary: t.name }), { text: s, note: o }).then(
    () => {
      h({ done: !0 }), i();
    },
    (g) => h({ error: g instanceof G ? g.detail : { problem: String(g), cure: "" } })
  ), x = r.candidates ?? (r.label ? [r.label] : []);
  return /* @__PURE__ */ n("div", { children: [
    /* @__PURE__ */ n("h1", { class: "row", style: { gap: "4px 14px" }, children: [
      /* @__PURE__ */ n("span", { class: "num", children: [
        "Latent ",
        r.latent
      ] }),
      N() ? /* @__PURE__ */ n(
        "input",
        {
          class: "label-edit",
          style: { flex: "1 1 220px", width: "auto", minWidth: "0", fontWeight: 450 },
          "aria-label": "Your label",
          value: s,
          spellcheck: !1,
          placeholder: r.label ? re(r.label.text) : "Name it",
          onInput: (g) => l(g.currentTarget.value),
          onKeyDown: (g) => {
            g.key === "Enter" && b(), g.key === "Escape" && (l(a?.text ?? ""), g.currentTarget.blur());
          }
        }
      ) : /* @__PURE__ */ n("span", { style: { fontWeight: 450 }, children: /* @__PURE__ */ n(ie, { text: a?.text || r.label?.text || "–" }) })
    ] }),
    /* @__PURE__ */ n("div", { class: "row small soft", style: { gap: "4px 14px", alignItems: "baseline" }, children: [
      r.label && /* @__PURE__ */ n("span", { children: [
        "Automatic: ",
        /* @__PURE__ */ n(ie, { text: r.label.text }),
        r.label.score !== null && /* @__PURE__ */ n(E, { children: [
          " · ",
          /* @__PURE__ */ n("b", { class: "num", "data-tip": "Balanced accuracy on unseen text: 50 % is guessing", children: D(r.label.score, 3) })
        ] }),
        " ",
        /* @__PURE__ */ n("span", { class: "faint", children: [
          "(",
          r.label.how,
          ")"
        ] })
      ] }),
      !r.label && !a && /* @__PURE__ */ n("span", { class: "faint", children: "No label yet" }),
      a && /* @__PURE__ */ n("span", { class: "faint", children: [
        "labelled by you on ",
        a.when.slice(0, 10)
      ] }),
      (N() || a?.note) && /* @__PURE__ */ n("a", { href: "#", onClick: (g) => {
        g.preventDefault(), m(!p);
      }, children: a?.note ? "Note" : "Add a note" }),
      x.length > 1 && /* @__PURE__ */ n("a", { href: "#", role: "button", "aria-expanded": u, onClick: (g) => {
        g.preventDefault(), f(!u);
      }, children: [
        x.length,
        " labels tried"
      ] }),
      d.done && !v && /* @__PURE__ */ n("span", { role: "status", style: { color: "var(--good)" }, children: "Saved" }),
      N() && v && /* @__PURE__ */ n("button", { class: "btn main", style: { padding: "4px 9px" }, onClick: b, children: "Save label" })
    ] }),
    u && /* @__PURE__ */ n(Pi, { labels: x }),
    p && /* @__PURE__ */ n("textarea", { class: "field", rows: 2, "aria-label": "Your note", placeholder: "A note for yourself", style: { marginTop: "8px", fontFamily: "inherit" }, value: o, readOnly: !N(), onInput: (g) => c(g.currentTarget.value) }),
    d.error && /* @__PURE__ */ n("div", { style: { marginTop: "8px" }, children: /* @__PURE__ */ n(R, { error: d.error }) })
  ] });
}
const Pi = ({ labels: e }) => /* @__PURE__ */ n("table", { class: "t tried small", children: /* @__PURE__ */ n("tbody", { children: e.map((t) => /* @__PURE__ */ n("tr", { children: [
  /* @__PURE__ */ n("td", { class: "r num fit", children: t.score === null ? "–" : D(t.score, 3) }),
  /* @__PURE__ */ n("td", { class: "fit soft", children: t.how }),
  /* @__PURE__ */ n("td", { children: /* @__PURE__ */ n(ie, { text: t.text }) })
] })) }) });
function Oi({ latent: e }) {
  const t = Rn() ? 264 : 160;
  return /* @__PURE__ */ n(L, { title: "How strongly it fires", children: e.count > 0 ? /* @__PURE__ */ n(Fe, { logX: !0, edges: e.histogram.edges, sets: [{ name: "tokens", counts: e.histogram.counts, colour: "var(--strength)" }], label: "Tokens by activation", xTitle: "activation", height: t }) : /* @__PURE__ */ n(K, { title: "It never fired", short: !0 }) });
}
function Sn(e, t) {
  if (e === "top") return "Strongest";
  if (e === "near_miss") return "Nearly fired";
  const r = Number(e), i = Math.max(...t.examples.map((l) => Number(l.band)).filter(Number.isFinite)), a = 2 ** (Math.floor(Math.log2(t.max)) - r), s = ge(r === 0 ? t.max : 2 * a, 3);
  return r === i && r > 0 ? `below ${s}` : `${ge(a, 3)} – ${s}`;
}
function Yi({ latent: e }) {
  const [t, r] = Q(), i = t.band ?? "all", a = t.lines === "one", s = [...new Set(e.examples.map((o) => o.band))].sort((o, c) => Mn(o) - Mn(c)), l = s.filter((o) => i === "all" || i === o);
  return /* @__PURE__ */ n(L, { title: "When it fires", note: /* @__PURE__ */ n("label", { class: "check", children: [
    /* @__PURE__ */ n("input", { type: "checkbox", checked: a, onChange: (o) => r({ lines: o.currentTarget.checked ? "one" : null }) }),
    "one line each"
  ] }), children: e.examples.length === 0 ? /* @__PURE__ */ n(K, { title: "No examples", short: !0, children: "It did not fire on the text that was read." }) : /* @__PURE__ */ n(E, { children: [
    /* @__PURE__ */ n("div", { style: { marginBottom: "14px", overflowX: "auto" }, children: /* @__PURE__ */ n(
      Ue,
      {
        label: "Band",
        value: i,
        onChange: (o) => r({ band: o === "all" ? null : o }),
        options: [{ value: "all", label: "All" }, ...s.map((o) => ({ value: o, label: o === "top" ? "Strongest" : o === "near_miss" ? "Nearly" : Sn(o, e), n: String(e.examples.filter((c) => c.band === o).length) }))]
      }
    ) }),
    l.map((o) => /* @__PURE__ */ n("div", { children: [
      /* @__PURE__ */ n("div", { class: "band", children: [
        /* @__PURE__ */ n("h3", { children: Sn(o, e) }),
        /* @__PURE__ */ n("span", { class: "small", children: o === "top" ? "the highest activations, each context once" : o === "near_miss" ? "silent, but close to firing at the marked token" : "drawn at random from this octave" })
      ] }),
      e.examples.filter((c) => c.band === o).slice(0, i === "all" && o === "top" ? 12 : 100).map((c) => /* @__PURE__ */ n(rr, { example: c, latent: e, one: a }))
    ] }))
  ] }) });
}
const Mn = (e) => e === "top" ? -1 : e === "near_miss" ? 99 : Number(e);
function rr({ example: e, latent: t, one: r }) {
  const i = F(null);
  Y(() => {
    const l = i.current?.querySelector(".peak");
    r && l && i.current && (i.current.scrollLeft = Math.max(0, l.offsetLeft - i.current.offsetLeft - i.current.clientWidth * 0.6));
  }, [r, e]);
  const a = e.band === "near_miss", s = `${e.document_id ?? `document ${e.document}`}, from character ${q(e.offset)}`;
  return /* @__PURE__ */ n("div", { class: "example", children: [
    /* @__PURE__ */ n("div", { class: "a num", "data-tip": a && e.margin != null ? `${W(-e.margin)} below firing` : "Activation at the marked token", style: a ? { color: "var(--ink-3)" } : void 0, children: a ? e.margin != null ? W(e.margin, 3) : "–" : W(e.activation, 3) }),
    /* @__PURE__ */ n("div", { style: { minWidth: 0 }, children: [
      /* @__PURE__ */ n("div", { class: r ? "text one" : "text", ref: i, children: [
        e.before_cut && /* @__PURE__ */ n("span", { class: "faint", children: "… " }),
        /* @__PURE__ */ n(jn, { tokens: e.tokens, values: e.activations, scale: t.max, peak: e.peak }),
        e.after_cut && /* @__PURE__ */ n("span", { class: "faint", children: " …" })
      ] }),
      !r && /* @__PURE__ */ n("div", { class: "from", children: s })
    ] })
  ] });
}
function Fi({ run: e, dictionary: t, latent: r }) {
  const [i, a] = Q(), { text: s, setText: l, answer: o, error: c, busy: d } = tr(e.id, t.name, i.text ?? "", r.latent, (u) => a({ text: u.length <= 1500 ? u : null })), h = o?.latents.find((u) => u.latent === r.latent), p = new Array(o?.tokens.length ?? 0).fill(0);
  h?.positions.forEach((u, f) => p[u] = h.values[f]);
  const m = Math.max(0, ...p);
  return /* @__PURE__ */ n(L, { title: "Try your own text", note: d ? "reading…" : o && s ? m > 0 ? /* @__PURE__ */ n(E, { children: [
    "strongest here ",
    /* @__PURE__ */ n("b", { class: "num", style: { color: "var(--strength-ink)" }, children: W(m) }),
    " · ",
    D(m / r.max, 2),
    " of its maximum"
  ] }) : "it does not fire here" : "", children: [
    /* @__PURE__ */ n("textarea", { class: "field", rows: 2, "aria-label": "Your text", placeholder: "Type: activations appear as you go", value: s, spellcheck: !1, onInput: (u) => l(u.currentTarget.value) }),
    c && /* @__PURE__ */ n("div", { style: { marginTop: "10px" }, children: /* @__PURE__ */ n(R, { error: c }) }),
    o && s && /* @__PURE__ */ n("div", { class: "example", style: { display: "block", lineHeight: 1.8, marginTop: "8px", overflowWrap: "anywhere" }, "aria-live": "polite", children: /* @__PURE__ */ n(jn, { tokens: o.tokens, values: p, scale: Math.max(r.max, m), breaks: !0 }) })
  ] });
}
function ir({ latent: e }) {
  const t = Math.max(1e-12, ...[...e.top_logits, ...e.bottom_logits].map((i) => Math.abs(i.value))), r = (i) => /* @__PURE__ */ n("div", { class: "bars", children: i.map((a) => /* @__PURE__ */ n("div", { children: [
    /* @__PURE__ */ n("span", { children: /* @__PURE__ */ n(ue, { text: a.token }) }),
    /* @__PURE__ */ n(Ke, { value: a.value, most: t }),
    /* @__PURE__ */ n("span", { class: "r num", children: W(a.value, 3) })
  ] })) });
  return !e.top_logits.length && !e.bottom_logits.length ? /* @__PURE__ */ n(L, { title: "What it does to the output", children: /* @__PURE__ */ n(K, { title: "No direct path", short: !0, children: "This site has none to the next token's logits." }) }) : /* @__PURE__ */ n(L, { title: "What it does to the output", note: "direct logits", children: /* @__PURE__ */ n("div", { class: "stack logits", children: [
    /* @__PURE__ */ n("div", { children: [
      /* @__PURE__ */ n("h3", { class: "soft", style: { marginBottom: "4px" }, children: "Raises" }),
      r(e.top_logits)
    ] }),
    /* @__PURE__ */ n("div", { children: [
      /* @__PURE__ */ n("h3", { class: "soft", style: { marginBottom: "4px" }, children: "Lowers" }),
      r(e.bottom_logits)
    ] })
  ] }) });
}
function Ki({ latent: e }) {
  return /* @__PURE__ */ n(L, { title: "Which tokens it fires on", children: e.token_statistics.length === 0 ? /* @__PURE__ */ n(K, { title: "None", short: !0 }) : /* @__PURE__ */ n("table", { class: "t", children: [
    /* @__PURE__ */ n("thead", { children: /* @__PURE__ */ n("tr", { children: [
      /* @__PURE__ */ n("th", { children: "token" }),
      /* @__PURE__ */ n("th", { class: "r", children: "times" }),
      /* @__PURE__ */ n("th", { class: "r", "data-tip": "Share of this token's occurrences on which it fires", children: "precision" }),
      /* @__PURE__ */ n("th", { class: "r", "data-tip": "Share of its firings that are on this token", children: "recall" })
    ] }) }),
    /* @__PURE__ */ n("tbody", { children: e.token_statistics.map((t) => /* @__PURE__ */ n("tr", { children: [
      /* @__PURE__ */ n("td", { style: { maxWidth: "130px" }, children: /* @__PURE__ */ n(ue, { text: t.token }) }),
      /* @__PURE__ */ n("td", { class: "r num", children: q(t.count) }),
      /* @__PURE__ */ n("td", { class: "r num", children: D(t.precision, 2) }),
      /* @__PURE__ */ n("td", { class: "r num", children: D(t.recall, 2) })
    ] })) })
  ] }) });
}
function Cn({ title: e, note: t, rows: r, to: i, empty: a }) {
  return /* @__PURE__ */ n(L, { title: e, note: t, children: r.length === 0 ? /* @__PURE__ */ n(K, { title: a, short: !0 }) : /* @__PURE__ */ n("div", { class: "bars", children: r.map((s) => /* @__PURE__ */ n("div", { "data-tip": s.tip, children: [
    /* @__PURE__ */ n("span", { class: "cut", children: [
      /* @__PURE__ */ n("a", { class: "num", href: N() ? i(s.latent) : void 0, children: s.latent }),
      s.label && /* @__PURE__ */ n("span", { class: "soft small", "data-tip": re(s.label), children: [
        " ",
        /* @__PURE__ */ n(ie, { text: s.label })
      ] })
    ] }),
    /* @__PURE__ */ n(Ke, { value: s.value, most: 1 }),
    /* @__PURE__ */ n("span", { class: "r num", children: s.text })
  ] })) }) });
}
function Vi({ latent: e }) {
  const { strongest: t, weakest: r, histogram: i } = e.decoder, a = Math.max(1e-12, ...t.map((l) => Math.abs(l.value))), s = (l) => /* @__PURE__ */ n("div", { class: "bars", children: l.map((o) => /* @__PURE__ */ n("div", { children: [
    /* @__PURE__ */ n("span", { class: "num faint", children: [
      "dim ",
      o.index
    ] }),
    /* @__PURE__ */ n(Ke, { value: o.value, most: a, both: !0 }),
    /* @__PURE__ */ n("span", { class: "r num", children: W(o.value, 3) })
  ] })) });
  return /* @__PURE__ */ n(L, { title: "Decoder direction", note: "coordinates", children: [
    /* @__PURE__ */ n(Fe, { edges: i.edges, sets: [{ name: "coordinates", counts: i.counts, colour: (l) => l < 0 ? "var(--negative)" : "var(--strength)" }], label: "Coordinates of the decoder direction", xTitle: "value of a coordinate", height: 140 }),
    /* @__PURE__ */ n("h3", { class: "soft", style: { margin: "10px 0 4px" }, children: "Largest" }),
    s(t),
    r.length > 0 && /* @__PURE__ */ n("details", { style: { marginTop: "8px" }, children: [
      /* @__PURE__ */ n("summary", { children: "Smallest" }),
      s(r)
    ] })
  ] });
}
function Hi({ shown: e, choices: t, run: r }) {
  const i = [...new Set(t.pins.map((l) => e.of.get(l)).filter((l) => l !== void 0))], a = t.pins.filter((l) => !e.of.has(l));
  if (i.length === 0) return a.length ? /* @__PURE__ */ n(L, { children: /* @__PURE__ */ n(K, { title: "Not in sight", short: !0, children: [
    a.length === 1 ? `${a[0]} is` : `${a.length} pinned nodes are`,
    " below the thresholds."
  ] }) }) : null;
  if (i.length > 1) return /* @__PURE__ */ n(ji, { shown: e, items: i, choices: t });
  const s = e.items[i[0]];
  return /* @__PURE__ */ n(E, { children: [
    /* @__PURE__ */ n(L, { children: [
      s.kind === "group" ? /* @__PURE__ */ n(Xi, { shown: e, item: s, choices: t }) : /* @__PURE__ */ n(Ri, { shown: e, item: s, choices: t }),
      /* @__PURE__ */ n(Ji, { shown: e, item: i[0], choices: t })
    ] }),
    s.kind === "latent" && /* @__PURE__ */ n(Zi, { shown: e, item: s, run: r })
  ] });
}
function ar({ kind: e, title: t, where: r, choices: i }) {
  return /* @__PURE__ */ n("div", { class: "g-head", children: [
    /* @__PURE__ */ n("div", { style: { minWidth: 0 }, children: [
      /* @__PURE__ */ n("h2", { style: { overflowWrap: "anywhere" }, children: t }),
      /* @__PURE__ */ n("p", { class: "small soft row", style: { gap: "6px", marginTop: "3px" }, children: [
        /* @__PURE__ */ n("span", { class: "badge", children: e }),
        r
      ] })
    ] }),
    N() && /* @__PURE__ */ n("button", { class: "btn quiet", "aria-label": "Unpin", "data-tip": "Unpin  (key Esc)", onClick: () => i.onPin([]), children: "×" })
  ] });
}
function sr({ facts: e }) {
  return /* @__PURE__ */ n("div", { class: "g-facts", children: e.map(([t, r, i]) => /* @__PURE__ */ n("div", { "data-tip": i, children: [
    /* @__PURE__ */ n("span", { children: t }),
    /* @__PURE__ */ n("b", { class: "num", children: r })
  ] }, t)) });
}
function Ri({ shown: e, item: t, choices: r }) {
  const { answer: i } = e, a = i.nodes[t.members[0]], s = a.position >= 0 && !Ie(a, i) ? i.tokens[a.position] : void 0, l = i.targets.find((c) => c.id === a.id), o = [];
  return a.kind === "latent" && o.push(["Activation", W(a.activation, 4)]), a.kind === "error" && o.push(["Norm", W(a.activation, 4), "Length of what the dictionary misses here"]), l ? o.push(l.probability === null ? ["Value", W(a.activation, 4)] : ["Probability", D(l.probability, 3)]) : o.push(["Influence", D(a.influence, 3), "How much of the outputs goes through it, by all paths"]), a.residual !== null && o.push(["Residual", a.residual < 1e-3 ? a.residual.toExponential(0).replace("-", "−") : D(a.residual, 2), "What its inputs leave unexplained of its pre-activation: rounding, when all is right"]), /* @__PURE__ */ n(E, { children: [
    /* @__PURE__ */ n(
      ar,
      {
        choices: r,
        kind: Ht(t, i),
        title: a.kind === "token" ? /* @__PURE__ */ n(ue, { text: s ?? "" }) : /* @__PURE__ */ n("bdi", { children: ct(a, i) }),
        where: /* @__PURE__ */ n(E, { children: [
          !Ie(a, i) && /* @__PURE__ */ n("span", { children: Be(t, i) }),
          s !== void 0 && a.kind !== "token" && /* @__PURE__ */ n(ue, { text: s }),
          /* @__PURE__ */ n("code", { class: "faint", style: { overflowWrap: "anywhere" }, children: a.id })
        ] })
      }
    ),
    /* @__PURE__ */ n(sr, { facts: o }),
    a.kind === "latent" && N() && /* @__PURE__ */ n(Qn, { nodes: [a] })
  ] });
}
function Xi({ shown: e, item: t, choices: r }) {
  const i = t.members.map((c) => e.answer.nodes[c]), a = i.filter((c) => c.kind === "latent"), s = r.groups.find((c) => We(c.name, !1) === t.id), l = i.map((c) => c.id), o = (c) => c && s && !r.groups.some((d) => d.name === c) && r.setGroups(r.groups.map((d) => d === s ? { ...d, name: c } : d), [We(c, !1)]);
  return /* @__PURE__ */ n(E, { children: [
    /* @__PURE__ */ n(
      ar,
      {
        choices: r,
        kind: t.automatic ? "automatic supernode" : "supernode",
        where: /* @__PURE__ */ n("span", { children: [
          i.length,
          " nodes"
        ] }),
        title: s && N() ? /* @__PURE__ */ n(Gi, { label: "Name of the supernode", value: s.name, onName: o }) : /* @__PURE__ */ n("bdi", { children: t.name })
      }
    ),
    /* @__PURE__ */ n(sr, { facts: [["Influence", D(t.influence, 3), "Its members' together"], ["Latents", q(a.length)]] }),
    /* @__PURE__ */ n("details", { open: i.length <= 8, style: { marginBottom: "10px" }, children: [
      /* @__PURE__ */ n("summary", { children: "Members" }),
      /* @__PURE__ */ n("ul", { class: "g-changes", children: i.map((c) => /* @__PURE__ */ n("li", { children: [
        /* @__PURE__ */ n("bdi", { class: "cut", children: ct(c, e.answer) }),
        /* @__PURE__ */ n("span", { class: "small faint", children: Be(c, e.answer) })
      ] }, c.id)) })
    ] }),
    N() && /* @__PURE__ */ n("div", { class: "row", style: { gap: "8px" }, children: [
      /* @__PURE__ */ n("button", { class: "btn", onClick: () => t.automatic ? r.open(t.id.slice(2)) : r.setGroups(r.groups.filter((c) => c !== s), l), children: "Ungroup" }),
      a.length > 0 && /* @__PURE__ */ n(Qn, { nodes: a })
    ] })
  ] });
}
function Gi({ label: e, value: t, onName: r }) {
  const [i, a] = z(t);
  return /* @__PURE__ */ n("input", { class: "label-edit", "aria-label": e, value: i, spellcheck: !1, maxLength: 80, onInput: (l) => a(l.currentTarget.value), onBlur: () => i.trim() && i.trim() !== t ? r(i.trim()) : a(t), onKeyDown: (l) => l.key === "Enter" && l.currentTarget.blur() });
}
function ji({ shown: e, items: t, choices: r }) {
  const [i, a] = z(""), s = (c) => r.groups.some((d) => d.name === `Group ${c}`) ? s(c + 1) : `Group ${c}`, l = s(1), o = () => {
    const c = i.trim() || l, d = t.flatMap((m) => e.items[m].members.map((u) => e.answer.nodes[u].id)), h = new Set(d), p = r.groups.map((m) => ({ ...m, nodes: m.nodes.filter((u) => !h.has(u)) })).filter((m) => m.nodes.length && m.name !== c);
    r.setGroups([...p, { name: c, nodes: d }], [We(c, !1)]);
  };
  return /* @__PURE__ */ n(L, { title: `${t.length} pinned`, note: N() && /* @__PURE__ */ n("button", { class: "link", onClick: () => r.onPin([]), children: "Unpin all" }), children: [
    /* @__PURE__ */ n("ul", { class: "g-changes", children: t.slice(0, 30).map((c) => {
      const d = e.items[c];
      return /* @__PURE__ */ n("li", { onPointerEnter: () => r.onPoint(d.id), onPointerLeave: () => r.onPoint(null), children: [
        /* @__PURE__ */ n("button", { class: "link cut", onClick: () => r.onPin([d.id]), children: /* @__PURE__ */ n("bdi", { children: d.name }) }),
        /* @__PURE__ */ n("span", { class: "small faint", children: Be(d, e.answer) }),
        N() && /* @__PURE__ */ n("button", { class: "link faint", "aria-label": `Unpin ${d.id}`, onClick: () => r.onPin(r.pins.filter((h) => e.of.get(h) !== c)), children: "×" })
      ] }, d.id);
    }) }),
    t.length > 30 && /* @__PURE__ */ n("p", { class: "small faint", children: [
      "and ",
      t.length - 30,
      " more"
    ] }),
    N() && /* @__PURE__ */ n("form", { class: "row", style: { marginTop: "12px", gap: "8px", flexWrap: "nowrap" }, onSubmit: (c) => {
      c.preventDefault(), o();
    }, children: [
      /* @__PURE__ */ n("input", { class: "field grow", "aria-label": "Name of the supernode", placeholder: l, maxLength: 80, value: i, onInput: (c) => a(c.currentTarget.value) }),
      /* @__PURE__ */ n("button", { class: "btn main", type: "submit", children: "Group" })
    ] })
  ] });
}
const An = 12;
function Ji({ shown: e, item: t, choices: r }) {
  const i = Nt(e.inputs, t), a = Nt(e.outputs, t);
  return /* @__PURE__ */ n("div", { class: "g-ends", children: [
    e.items[t].kind !== "token" && /* @__PURE__ */ n(En, { title: "Inputs", none: "None of its inputs is strong enough to be shown.", shown: e, edges: i, ends: e.source, choices: r }),
    e.items[t].kind !== "target" && /* @__PURE__ */ n(En, { title: "Outputs", none: "Nothing shown gets enough from it.", shown: e, edges: a, ends: e.target, choices: r })
  ] });
}
function En({ title: e, none: t, shown: r, edges: i, ends: a, choices: s }) {
  const [l, o] = z(!1), c = i.length ? Math.abs(r.weight[i[0]]) : 1;
  return /* @__PURE__ */ n("section", { "aria-label": e, children: [
    /* @__PURE__ */ n("div", { class: "band", children: [
      /* @__PURE__ */ n("h3", { children: e }),
      /* @__PURE__ */ n("span", { class: "small num", children: q(i.length) })
    ] }),
    i.length === 0 ? /* @__PURE__ */ n("p", { class: "small faint", children: t }) : /* @__PURE__ */ n("div", { class: "bars g-list", children: [...i.subarray(0, l ? 300 : An)].map((d) => {
      const h = r.items[a[d]];
      return /* @__PURE__ */ n("button", { onClick: () => s.onPin([h.id]), onPointerEnter: () => s.onPoint(h.id), onPointerLeave: () => s.onPoint(null), "data-tip": Rt(h, r.answer, ", "), children: [
        /* @__PURE__ */ n("span", { class: "cut", children: [
          /* @__PURE__ */ n(dt, { kind: h.kind }),
          /* @__PURE__ */ n("bdi", { children: h.name }),
          " ",
          h.position >= 0 && (h.kind === "latent" || h.kind === "error") && /* @__PURE__ */ n("span", { class: "faint small", children: le(r.answer.tokens[h.position] ?? "") })
        ] }),
        /* @__PURE__ */ n(Ke, { value: r.weight[d], most: c }),
        /* @__PURE__ */ n("span", { class: "r num", children: W(r.weight[d], 3) })
      ] }, d);
    }) }),
    i.length > An && /* @__PURE__ */ n("button", { class: "link small", onClick: () => o(!l), children: l ? "Fewer" : i.length > 300 ? "The strongest 300" : `All ${i.length}` })
  ] });
}
function dt({ kind: e }) {
  return /* @__PURE__ */ n("svg", { class: "g-shape", viewBox: "0 0 10 10", "aria-hidden": "true", children: {
    latent: /* @__PURE__ */ n("circle", { cx: "5", cy: "5", r: "3.6", fill: "var(--strength-soft)", stroke: "var(--ink-2)" }),
    error: /* @__PURE__ */ n("path", { d: "M5 .8 9.2 5 5 9.2.8 5z", fill: "var(--dead)", "fill-opacity": "0.55", stroke: "var(--ink-3)" }),
    token: /* @__PURE__ */ n("rect", { x: "1.4", y: "1.4", width: "7.2", height: "7.2", rx: "1.5", fill: "var(--ink-2)" }),
    bias: /* @__PURE__ */ n("path", { d: "M5 1.2 9 8.4H1z", fill: "none", stroke: "var(--ink-2)" }),
    target: /* @__PURE__ */ n("rect", { x: "0.5", y: "2", width: "9", height: "6", rx: "1.5", fill: "var(--ink)" }),
    group: /* @__PURE__ */ n("rect", { x: "0.7", y: "2", width: "8.6", height: "6", rx: "3", fill: "none", stroke: "var(--ink)" })
  }[e] });
}
function Zi({ shown: e, item: t, run: r }) {
  const i = e.answer.nodes[t.members[0]], a = r?.dictionaries.find((o) => o.name === i.dictionary), s = Z(r && a?.store ? nr(r.id, a.name, i.index) : null);
  if (!r) return null;
  if (!a?.store)
    return /* @__PURE__ */ n(L, { title: "What it means", children: /* @__PURE__ */ n("p", { class: "soft small", children: a ? /* @__PURE__ */ n(E, { children: [
      "No text has been read for ",
      a.name,
      " yet: run ",
      /* @__PURE__ */ n("code", { children: [
        "microtome latents ",
        r.path || r.id,
        " --text TEXT"
      ] })
    ] }) : i.dictionary ? `Its dictionary ${i.dictionary} is not in this run.` : "The graph does not say which dictionary it is from." }) });
  const l = oe("latent", { run: r.id, dictionary: a.name, latent: i.index });
  return /* @__PURE__ */ n(Le, { answer: s, lines: 7, children: (o) => /* @__PURE__ */ n(E, { children: [
    /* @__PURE__ */ n(L, { title: "When it fires", note: N() ? /* @__PURE__ */ n("a", { href: l, children: [
      "Latent ",
      i.index
    ] }) : `latent ${i.index}`, children: [
      /* @__PURE__ */ n("p", { class: "small soft num", style: { marginBottom: "6px" }, children: [
        "on ",
        D(o.density, 2),
        " of ",
        he(o.tokens_seen),
        " tokens, at most ",
        W(o.max, 3),
        "; here ",
        W(i.activation, 3),
        o.label && /* @__PURE__ */ n(E, { children: [
          " · labelled “",
          /* @__PURE__ */ n("bdi", { children: re(o.label.text) }),
          "”"
        ] })
      ] }),
      o.examples.length === 0 ? /* @__PURE__ */ n(K, { title: "No examples", short: !0, children: "It did not fire on the text that was read." }) : o.examples.filter((c) => c.band === "top").slice(0, 6).map((c) => /* @__PURE__ */ n(rr, { example: c, latent: o, one: !0 }))
    ] }),
    /* @__PURE__ */ n(ir, { latent: o })
  ] }) });
}
const [It, Wt] = [0.8, 0.98], Qi = 24;
function _i({ run: e }) {
  const [t] = Q(), r = t.graph;
  return r ? /* @__PURE__ */ n(na, { name: r, run: t.file === "1" ? null : e ?? null }, `${t.run} ${r}`) : /* @__PURE__ */ n($i, { run: e ?? null });
}
function $i({ run: e }) {
  const t = Z(ee("/api/graphs", { run: e?.id }), { every: 1e4 });
  return /* @__PURE__ */ n(E, { children: [
    /* @__PURE__ */ n("h1", { children: "Graphs" }),
    /* @__PURE__ */ n(Le, { answer: t, lines: 6, children: (r) => r.length === 0 ? /* @__PURE__ */ n("div", { class: "panel", children: /* @__PURE__ */ n(K, { title: "No graphs yet", children: [
      "A graph shows which latents lead from a prompt to its next token. Make one with ",
      /* @__PURE__ */ n("code", { children: "microtome trace" }),
      ": what lies in ",
      e ? /* @__PURE__ */ n("code", { children: e.path ? `${e.path}/graphs` : "graphs" }) : "the folder of graphs",
      " appears here by itself."
    ] }) }) : /* @__PURE__ */ n("div", { class: "g-index", children: r.map((i) => /* @__PURE__ */ n(ea, { one: i }, `${i.run} ${i.name}`)) }) })
  ] });
}
function ea({ one: e }) {
  return e.error ? /* @__PURE__ */ n("div", { class: "panel", children: [
    /* @__PURE__ */ n("h2", { class: "cut", children: /* @__PURE__ */ n("bdi", { children: e.name }) }),
    /* @__PURE__ */ n("div", { style: { marginTop: "10px" }, children: /* @__PURE__ */ n(R, { error: e.error }) })
  ] }) : /* @__PURE__ */ n("a", { class: "panel g-card", href: oe("graph", { run: e.run, file: e.run === null ? 1 : null, graph: e.name }), children: [
    /* @__PURE__ */ n("h2", { class: "cut", children: /* @__PURE__ */ n("bdi", { children: e.name }) }),
    /* @__PURE__ */ n("p", { class: "g-prompt", children: /* @__PURE__ */ n(Ve, { text: e.prompt, scale: 1 }) }),
    /* @__PURE__ */ n("div", { class: "g-facts", children: [
      /* @__PURE__ */ n("div", { children: [
        /* @__PURE__ */ n("span", { children: "Nodes" }),
        /* @__PURE__ */ n("b", { class: "num", children: q(e.nodes) })
      ] }),
      /* @__PURE__ */ n("div", { children: [
        /* @__PURE__ */ n("span", { children: "Edges" }),
        /* @__PURE__ */ n("b", { class: "num", children: q(e.edges) })
      ] }),
      /* @__PURE__ */ n("div", { "data-tip": "Share of the influence on the outputs that comes through latents rather than errors", children: [
        /* @__PURE__ */ n("span", { children: "Replacement" }),
        /* @__PURE__ */ n("b", { class: "num", children: $(e.scores.replacement, 2) })
      ] }),
      /* @__PURE__ */ n("div", { "data-tip": "Share of all inputs of nodes that comes from latents and tokens rather than errors", children: [
        /* @__PURE__ */ n("span", { children: "Completeness" }),
        /* @__PURE__ */ n("b", { class: "num", children: $(e.scores.completeness, 2) })
      ] })
    ] }),
    /* @__PURE__ */ n("p", { class: "small faint", children: e.model })
  ] });
}
const ta = (e) => {
  const [t, r, i] = (e ?? "").split("_").map(Number);
  return e && [t, r, i].every(Number.isFinite) && i > 0 ? { x: t, y: r, k: i } : null;
}, it = (e, t) => e !== void 0 && Number(e) >= 0 && Number(e) <= 1 ? Number(e) : t;
function na({ name: e, run: t }) {
  const [r, i] = Q(), a = Z(ee("/api/graph", { run: t?.id, name: e, node_share: it(r.nodes, It), edge_share: it(r.edges, Wt) })), s = r.auto === void 0 ? (a.data?.supernodes.length ?? 0) <= Qi : r.auto !== "0", l = se(() => new Set(Et(r.off).map((h) => h.name)), [r.off]), o = se(() => Et(r.groups), [r.groups]), c = se(() => a.data && $r(a.data, o, s ? a.data.supernodes.filter((h) => !l.has(h.name)) : []), [a.data, o, s, l]), d = /* @__PURE__ */ n("a", { class: "btn quiet", href: N() ? oe("graph", { run: r.run }) : void 0, children: "← All graphs" });
  return c ? /* @__PURE__ */ n(E, { children: [
    a.error && /* @__PURE__ */ n(R, { error: a.error, retry: a.reload }),
    /* @__PURE__ */ n(ra, { shown: c, run: t, name: e, params: r, setParams: i, groups: o, loading: a.loading, off: l, automatic: s, back: d })
  ] }) : a.error ? /* @__PURE__ */ n(E, { children: [
    /* @__PURE__ */ n("div", { class: "row", children: [
      d,
      /* @__PURE__ */ n("h1", { children: /* @__PURE__ */ n("bdi", { children: e }) })
    ] }),
    /* @__PURE__ */ n(R, { error: a.error, retry: a.reload })
  ] }) : /* @__PURE__ */ n(E, { children: [
    /* @__PURE__ */ n("h1", { children: /* @__PURE__ */ n("bdi", { children: e }) }),
    /* @__PURE__ */ n("div", { class: "g-main", children: [
      /* @__PURE__ */ n("div", { class: "panel g-window", children: /* @__PURE__ */ n(Se, { lines: 9 }) }),
      /* @__PURE__ */ n(L, { children: /* @__PURE__ */ n(Se, { lines: 7 }) })
    ] })
  ] });
}
function ra({ shown: e, run: t, name: r, loading: i, groups: a, off: s, automatic: l, back: o, params: c, setParams: d }) {
  const { answer: h } = e, [p, m] = z(null), [u, f] = z(""), v = se(() => Et(c.pins).map((w) => w.name), [c.pins]), b = (w) => d({ pins: w.map(encodeURIComponent).join(";") }), x = se(() => u.trim() ? ei(e, u) : null, [e, u]), g = bi(t?.id ?? null, r), k = se(() => {
    const w = /* @__PURE__ */ new Map();
    for (const I of g.effect?.nodes ?? []) {
      const M = e.of.get(I.id);
      M !== void 0 && Math.abs(I.after - I.before) > 0.02 * Math.abs(I.before) && w.set(M, I.after - I.before);
    }
    return w;
  }, [g.effect, e]), C = {
    pins: v,
    onPin: b,
    onPoint: m,
    groups: a,
    setGroups: (w, I) => d({ groups: Qr(w), ...I ? { pins: I.map(encodeURIComponent).join(";") } : {} }),
    open: (w) => d({ off: [...s, w].map(encodeURIComponent).join(";"), pins: h.supernodes.find((I) => I.name === w)?.nodes.map(encodeURIComponent).join(";") })
  }, A = se(() => ta(c.view), [c.view]), P = (w) => d({ view: w && `${w.x.toFixed(1)}_${w.y.toFixed(1)}_${w.k.toFixed(3)}` }), S = se(() => new Map(e.answer.nodes.filter((w) => w.kind === "token").map((w) => [w.position, w.id])), [e]);
  return /* @__PURE__ */ n("div", { class: "g-page", children: [
    /* @__PURE__ */ n("div", { class: "row end", style: { flexWrap: "nowrap", alignItems: "flex-start" }, children: [
      /* @__PURE__ */ n("div", { class: "grow", children: [
        /* @__PURE__ */ n("h1", { class: "cut", children: /* @__PURE__ */ n("bdi", { children: h.name }) }),
        /* @__PURE__ */ n("div", { class: "g-prompt", "aria-label": "Prompt", children: h.tokens.map((w, I) => /* @__PURE__ */ n(Ve, { text: w, scale: 1, tip: `token ${I}`, picked: v.includes(S.get(I) ?? ""), onPick: S.has(I) ? () => b([S.get(I)]) : void 0 }, I)) })
      ] }),
      N() && o
    ] }),
    /* @__PURE__ */ n("div", { class: "g-tools", children: [
      /* @__PURE__ */ n(ia, { shown: e, found: x, onText: f, onPin: (w) => b([w]), onPoint: m }),
      /* @__PURE__ */ n(Nn, { label: "Nodes", tip: "Keeps the nodes that carry this share of the influence on the outputs", low: 0.3, value: it(c.nodes, It), onChange: (w) => d({ nodes: w === It ? null : w }) }),
      /* @__PURE__ */ n(Nn, { label: "Edges", tip: "Keeps the edges that carry this share of it", low: 0.5, value: it(c.edges, Wt), onChange: (w) => d({ edges: w === Wt ? null : w }) }),
      h.supernodes.length > 0 && /* @__PURE__ */ n("label", { class: "check", children: [
        /* @__PURE__ */ n("input", { type: "checkbox", checked: l, onChange: (w) => d({ auto: w.currentTarget.checked ? 1 : 0, off: null }) }),
        "Automatic supernodes"
      ] }),
      /* @__PURE__ */ n("span", { class: "grow" }),
      /* @__PURE__ */ n("span", { class: "small soft num", role: "status", children: i ? "pruning…" : `${q(h.nodes.length)} of ${q(h.total.nodes)} nodes · ${q(h.edges.length)} of ${q(h.total.edges)} edges` })
    ] }),
    h.left_out && (h.left_out.nodes > 0 || h.left_out.edges > 0) && /* @__PURE__ */ n("p", { class: "small soft", children: [
      "More than a page can show: the weakest ",
      h.left_out.nodes ? `${q(h.left_out.nodes)} nodes and ` : "",
      q(h.left_out.edges),
      " edges are left out."
    ] }),
    /* @__PURE__ */ n("div", { class: "g-main", children: [
      /* @__PURE__ */ n("div", { class: "g-window", children: [
        h.nodes.length === 0 ? /* @__PURE__ */ n(K, { title: "Nothing left", children: "Raise the thresholds." }) : /* @__PURE__ */ n(hi, { shown: e, view: A, onView: P, pins: v, onPin: b, found: x, changed: k, pointed: p }),
        /* @__PURE__ */ n(aa, { shown: e })
      ] }),
      /* @__PURE__ */ n("aside", { class: "g-side stack", "aria-label": "Details", children: [
        /* @__PURE__ */ n(Hi, { shown: e, choices: C, run: t }),
        /* @__PURE__ */ n(vi, { shown: e, result: g, onPoint: m, onPin: (w) => b([w]) }),
        v.length === 0 && /* @__PURE__ */ n(sa, { shown: e, choices: C })
      ] })
    ] })
  ] });
}
function Nn({ label: e, tip: t, low: r, value: i, onChange: a }) {
  const [s, l] = z(i), o = F(0), c = F(i);
  Y(() => l(i), [i]), Y(() => () => clearTimeout(o.current), []);
  const d = (h) => {
    l(h), c.current = h, !o.current && (o.current = window.setTimeout(() => {
      o.current = 0, a(c.current);
    }, 120));
  };
  return /* @__PURE__ */ n("label", { class: "g-range", "data-tip": N() ? t : `${t}. Fixed in a saved page`, children: [
    /* @__PURE__ */ n("span", { children: e }),
    /* @__PURE__ */ n("input", { type: "range", min: r, max: 1, step: 5e-3, value: s, disabled: !N(), "aria-label": `Share of the influence of ${e.toLowerCase()}`, onInput: (h) => d(Number(h.currentTarget.value)) }),
    /* @__PURE__ */ n("b", { class: "num", children: D(s, 3) })
  ] });
}
function ia({ shown: e, found: t, onText: r, onPin: i, onPoint: a }) {
  const [s, l] = z(""), [o, c] = z(-1), [d, h] = z(!1), p = (v) => {
    l(v), c(-1), h(!0), r(v);
  }, m = (v) => {
    i(v.id), a(null), h(!1);
  }, u = (t ?? []).slice(0, 12), f = (v) => {
    if (v.key === "ArrowDown" || v.key === "ArrowUp") {
      const b = Math.max(0, Math.min(u.length - 1, o + (v.key === "ArrowDown" ? 1 : -1)));
      c(b), a(u.length ? e.items[u[b]].id : null);
    } else if (v.key === "Enter" && u.length) m(e.items[u[Math.max(0, o)]]);
    else if (v.key === "Escape")
      p(""), a(null), v.currentTarget.blur();
    else return;
    v.preventDefault();
  };
  return /* @__PURE__ */ n("div", { class: "g-search", children: [
    /* @__PURE__ */ n(
      "input",
      {
        class: "field",
        type: "text",
        role: "combobox",
        "aria-expanded": d && u.length > 0,
        "aria-controls": "g-found",
        "aria-label": "Search nodes",
        placeholder: "Label, number, token",
        value: s,
        spellcheck: !1,
        autocomplete: "off",
        onInput: (v) => p(v.currentTarget.value),
        onKeyDown: f,
        onFocus: () => h(!0),
        onBlur: () => setTimeout(() => h(!1), 150)
      }
    ),
    d && t !== null && /* @__PURE__ */ n("div", { class: "g-results", id: "g-found", role: "listbox", "aria-label": "Found", children: [
      u.map((v, b) => {
        const x = e.items[v];
        return /* @__PURE__ */ n("button", { role: "option", "aria-selected": b === o, onPointerDown: (g) => g.preventDefault(), onClick: () => m(x), onPointerEnter: () => a(x.id), onPointerLeave: () => a(null), children: [
          /* @__PURE__ */ n(dt, { kind: x.kind }),
          /* @__PURE__ */ n("bdi", { class: "cut grow", children: x.name }),
          /* @__PURE__ */ n("span", { class: "small faint", children: Be(x, e.answer) })
        ] }, x.id);
      }),
      u.length === 0 ? /* @__PURE__ */ n("p", { class: "small faint", children: "Nothing here is called that." }) : t.length > u.length && /* @__PURE__ */ n("p", { class: "small faint num", children: [
        t.length === 200 ? "200 or more" : t.length,
        " found"
      ] })
    ] })
  ] });
}
function aa({ shown: e }) {
  const t = ["latent", "error", "token", "bias", "target", "group"].map((r) => [r, [...new Set(e.items.filter((i) => i.kind === r).map((i) => Ht(i, e.answer)))]]).filter(([, r]) => r.length);
  return /* @__PURE__ */ n("div", { class: "legend g-legend", children: [
    t.map(([r, i]) => /* @__PURE__ */ n("span", { children: [
      /* @__PURE__ */ n(dt, { kind: r }),
      i.join(", ")
    ] }, r)),
    /* @__PURE__ */ n("span", { children: [
      /* @__PURE__ */ n("i", { style: { width: "16px", height: "2.5px", borderRadius: "2px", background: "var(--strength)" } }),
      "raises"
    ] }),
    /* @__PURE__ */ n("span", { children: [
      /* @__PURE__ */ n("i", { style: { width: "16px", height: "2.5px", borderRadius: "2px", background: "var(--negative)" } }),
      "lowers"
    ] }),
    N() && /* @__PURE__ */ n("span", { class: "faint g-hint", children: "Shift pins several" })
  ] });
}
function sa({ shown: e, choices: t }) {
  const { answer: r, items: i } = e, a = i.filter((d) => d.kind === "group").sort((d, h) => Number(d.automatic) - Number(h.automatic) || h.influence - d.influence), s = i.filter((d) => d.kind === "latent").sort((d, h) => h.influence - d.influence).slice(0, 10), l = r.nodes.some((d) => Ie(d, r)), o = Math.max(1e-12, ...r.targets.map((d) => d.probability ?? 0)), c = (d, h, p) => /* @__PURE__ */ n("button", { onClick: () => t.onPin([d.id]), onPointerEnter: () => t.onPoint(d.id), onPointerLeave: () => t.onPoint(null), "data-tip": Be(d, r), children: [
    /* @__PURE__ */ n("span", { class: "cut", children: [
      /* @__PURE__ */ n(dt, { kind: d.kind }),
      /* @__PURE__ */ n("bdi", { children: d.name })
    ] }),
    /* @__PURE__ */ n("span", { class: "track", children: /* @__PURE__ */ n("i", { style: { left: 0, width: `${100 * h / p}%`, background: "var(--strength)" } }) }),
    /* @__PURE__ */ n("span", { class: "r num", children: D(h, 2) })
  ] }, d.id);
  return /* @__PURE__ */ n(E, { children: [
    /* @__PURE__ */ n(L, { title: l ? "Outputs" : "Targets", note: l && "probability", children: [
      /* @__PURE__ */ n("div", { class: "g-facts", children: [
        /* @__PURE__ */ n("div", { "data-tip": "Share of the influence on the outputs that comes through latents rather than errors", children: [
          /* @__PURE__ */ n("span", { children: "Replacement" }),
          /* @__PURE__ */ n("b", { class: "num", children: $(r.scores.replacement, 3) })
        ] }),
        /* @__PURE__ */ n("div", { "data-tip": "Share of all inputs of nodes that comes from latents and tokens rather than errors", children: [
          /* @__PURE__ */ n("span", { children: "Completeness" }),
          /* @__PURE__ */ n("b", { class: "num", children: $(r.scores.completeness, 3) })
        ] }),
        r.kept_scores && /* @__PURE__ */ n("div", { "data-tip": "Replacement when everything below the thresholds counts as an error", children: [
          /* @__PURE__ */ n("span", { children: "Replacement, kept" }),
          /* @__PURE__ */ n("b", { class: "num", children: $(r.kept_scores.replacement, 3) })
        ] }),
        r.kept_scores && /* @__PURE__ */ n("div", { "data-tip": "Completeness when everything below the thresholds counts as an error", children: [
          /* @__PURE__ */ n("span", { children: "Completeness, kept" }),
          /* @__PURE__ */ n("b", { class: "num", children: $(r.kept_scores.completeness, 3) })
        ] })
      ] }),
      /* @__PURE__ */ n("div", { class: "bars g-list", children: r.targets.map((d) => {
        const h = e.of.get(d.id);
        return /* @__PURE__ */ n("button", { onClick: () => h !== void 0 && t.onPin([e.items[h].id]), onPointerEnter: () => t.onPoint(d.id), onPointerLeave: () => t.onPoint(null), children: [
          /* @__PURE__ */ n("span", { class: "cut", children: /* @__PURE__ */ n(ue, { text: d.label }) }),
          /* @__PURE__ */ n("span", { class: "track", children: /* @__PURE__ */ n("i", { style: { left: 0, width: `${100 * (d.probability ?? 0) / o}%`, background: "var(--strength)" } }) }),
          /* @__PURE__ */ n("span", { class: "r num", children: d.probability === null ? "" : D(d.probability, 3) })
        ] }, d.id);
      }) })
    ] }),
    a.length > 0 && /* @__PURE__ */ n(L, { title: "Supernodes", note: "influence", children: /* @__PURE__ */ n("div", { class: "bars g-list", children: a.slice(0, 12).map((d) => c(d, d.influence, Math.max(...a.map((h) => h.influence), 1e-12))) }) }),
    s.length > 0 && /* @__PURE__ */ n(L, { title: "Latents that matter most", note: "influence", children: /* @__PURE__ */ n("div", { class: "bars g-list", children: s.map((d) => c(d, d.influence, s[0].influence || 1)) }) })
  ] });
}
const or = ["fvu", "l0", "ce_recovered", "kl_recovered", "dead_fraction", "dense_fraction"], lr = { fvu: "FVU", l0: "L0", ce_recovered: "CE recovered", kl_recovered: "KL recovered", dead_fraction: "Dead", dense_fraction: "Dense" }, cr = (e, t) => t ? `${ce(e, t[0])} – ${ce(e, t[1])}` : "";
function oa({ run: e, dictionary: t, listing: r }) {
  const i = e.status === "training", a = Z(j(e.id), { every: i ? 3e3 : null }), s = Z(ee(j(e.id, "/curves"), { dictionary: t.name }), { every: i ? 2e3 : null }), [, l] = Q();
  return /* @__PURE__ */ n(Le, { answer: a, lines: 10, children: (o) => {
    const c = o.dictionaries.find((u) => u.name === t.name) ?? o.dictionaries[0], d = o.facts.config ?? {}, h = Number(d.tokens ?? 0), p = o.status === "training", m = o.status === "stopped";
    return /* @__PURE__ */ n(E, { children: [
      /* @__PURE__ */ n("div", { children: [
        /* @__PURE__ */ n("div", { class: "row", children: [
          /* @__PURE__ */ n("h1", { children: e.id }),
          p && /* @__PURE__ */ n("span", { class: "badge", children: [
            /* @__PURE__ */ n("i", { class: "live" }),
            "training"
          ] }),
          m && /* @__PURE__ */ n("span", { class: "badge", children: "stopped" })
        ] }),
        /* @__PURE__ */ n("p", { class: "soft", children: [d.model, c.site_in === c.site_out ? c.site_out : `${c.site_in} → ${c.site_out}`, c.kind.replaceAll("_", " "), `${q(c.latents)} latents`, `${he(o.tokens_done)} tokens`].filter(Boolean).join(" · ") }),
        (p || m) && h > 0 && /* @__PURE__ */ n("div", { style: { marginTop: "10px" }, children: [
          /* @__PURE__ */ n("div", { class: "progress", role: "progressbar", "aria-valuenow": Math.round(100 * o.tokens_done / h), "aria-label": "Training", children: /* @__PURE__ */ n("i", { style: { width: `${Math.min(100, 100 * o.tokens_done / h)}%` } }) }),
          /* @__PURE__ */ n("p", { class: "small faint num", style: { marginTop: "4px" }, children: [
            q(o.tokens_done),
            " of ",
            q(h),
            " tokens",
            m && /* @__PURE__ */ n(E, { children: [
              ", no process trains it. Go on with ",
              /* @__PURE__ */ n("code", { children: [
                "microtome train --resume --out ",
                e.id
              ] })
            ] })
          ] })
        ] })
      ] }),
      c.error && /* @__PURE__ */ n(R, { error: c.error }),
      c.evaluation ? /* @__PURE__ */ n("div", { children: [
        /* @__PURE__ */ n("div", { class: "tiles", role: "group", "aria-label": `Metrics of ${c.name}`, children: or.filter((u) => u in c.evaluation.values).map((u) => /* @__PURE__ */ n(qe, { k: lr[u], v: ce(u, c.evaluation.values[u]), i: cr(u, c.evaluation.intervals[u]) || c.evaluation.undefined[u], tip: r.glossary[u] })) }),
        /* @__PURE__ */ n("p", { class: "small faint num", style: { marginTop: "6px" }, children: [
          "Measured on ",
          dr(c),
          "."
        ] })
      ] }) : !c.error && /* @__PURE__ */ n("div", { class: "panel", children: /* @__PURE__ */ n(K, { title: "Not measured yet", short: !0, children: p ? "Metrics appear when training ends; the curves below are live." : m ? "Metrics appear when training has ended." : /* @__PURE__ */ n(E, { children: [
        "Measure it with ",
        /* @__PURE__ */ n("code", { children: [
          "microtome evaluate ",
          e.id
        ] })
      ] }) }) }),
      o.dictionaries.length > 1 && /* @__PURE__ */ n(la, { data: o, shown: c, pick: (u) => l({ run: e.id, dictionary: u }, !1) }),
      c.density && /* @__PURE__ */ n("div", { class: c.cosine ? "grid g2" : "grid", children: [
        /* @__PURE__ */ n(ca, { density: c.density }),
        c.cosine && /* @__PURE__ */ n(da, { cosine: c.cosine, height: c.density.rare_direction ? 256 : 214 })
      ] }),
      /* @__PURE__ */ n(ha, { answer: s.data, problem: s.error }),
      c.evaluation && /* @__PURE__ */ n(ua, { shown: c, glossary: r.glossary }),
      /* @__PURE__ */ n(L, { title: "What was run", children: /* @__PURE__ */ n(pa, { facts: o.facts, shown: c }) })
    ] });
  } });
}
function dr(e) {
  const { facts: t } = e.evaluation, r = t.text ?? {};
  return `${he(Number(t.tokens ?? 0))} tokens${r.name ? ` of ${r.name}` : ""}${r.part && r.part !== "all" ? `, ${r.part}` : ""}`;
}
function la({ data: e, shown: t, pick: r }) {
  const i = (l) => yn[e.dictionaries.findIndex((o) => o.name === l) % yn.length], a = e.dictionaries.filter((l) => l.evaluation?.values.fvu != null).map((l) => {
    const o = l.evaluation.intervals.fvu;
    return { name: l.name, x: l.evaluation.values.l0, y: l.evaluation.values.fvu, low: o?.[0], high: o?.[1], colour: i(l.name), on: l.name === t.name };
  }), s = or.filter((l) => e.dictionaries.some((o) => o.evaluation && l in o.evaluation.values));
  return /* @__PURE__ */ n("div", { class: "side even", children: [
    /* @__PURE__ */ n(L, { title: "Dictionaries of this run", note: "Choose one", children: /* @__PURE__ */ n("div", { class: "scroll", children: /* @__PURE__ */ n("table", { class: "t pad", children: [
      /* @__PURE__ */ n("thead", { children: /* @__PURE__ */ n("tr", { children: [
        /* @__PURE__ */ n("th", { children: "name" }),
        s.map((l) => /* @__PURE__ */ n("th", { class: "r", children: lr[l] }))
      ] }) }),
      /* @__PURE__ */ n("tbody", { children: e.dictionaries.map((l) => /* @__PURE__ */ n("tr", { class: "pick", "aria-selected": l.name === t.name, onClick: () => r(l.name), children: [
        /* @__PURE__ */ n("td", { class: "fit", children: /* @__PURE__ */ n("a", { href: "#", onClick: (o) => {
          o.preventDefault(), r(l.name);
        }, style: { textDecoration: "none" }, children: [
          /* @__PURE__ */ n("span", { class: "swatch", style: { background: i(l.name), marginRight: "8px" } }),
          l.name
        ] }) }),
        s.map((o) => /* @__PURE__ */ n("td", { class: "r num fit", children: ce(o, l.evaluation?.values[o]) }))
      ] })) })
    ] }) }) }),
    /* @__PURE__ */ n(L, { title: "Sparsity and error", children: a.length ? /* @__PURE__ */ n(zr, { points: a, label: "FVU against L0 of every dictionary", xTitle: "L0", yTitle: "FVU", onPick: r, height: Math.max(190, 60 + e.dictionaries.length * 33) }) : /* @__PURE__ */ n(K, { title: "Nothing measured yet", short: !0 }) })
  ] });
}
function ca({ density: e }) {
  const t = e.rare_direction;
  return /* @__PURE__ */ n(L, { title: "How often latents fire", note: `${q(e.latents)} latents on ${he(e.tokens)} tokens ${e.source === "store" ? "read for the latent store" : "of the evaluation"}`, children: [
    /* @__PURE__ */ n(Fe, { edges: e.edges.map((r) => 10 ** r), logX: !0, xTick: (r) => D(r, 1), sets: [{ name: "latents", counts: e.counts, colour: Jt }], label: "Latents by the share of tokens they fire on", xTitle: "share of tokens a latent fires on" }),
    /* @__PURE__ */ n("div", { class: "legend", style: { marginTop: "8px", paddingLeft: "44px" }, children: $n.map((r) => /* @__PURE__ */ n("span", { "data-tip": { dead: "never fired here", rare: `below ${D(e.rare_below)}`, normal: "between rare and dense", dense: `above ${D(e.dense_above)}` }[r.name], children: [
      /* @__PURE__ */ n("span", { class: "swatch", style: { background: r.colour } }),
      r.name,
      " ",
      /* @__PURE__ */ n("b", { class: "num", children: q(e.classes[r.name]) })
    ] })) }),
    t && /* @__PURE__ */ n("p", { class: "small soft num", style: { marginTop: "8px", paddingLeft: "44px" }, "data-tip": "Rare latents whose encoders point one way are one latent many times", children: t.rare === 0 ? "No latent is rare, so they have no common direction." : /* @__PURE__ */ n(E, { children: [
      /* @__PURE__ */ n("b", { children: D(t.share) }),
      " of ",
      q(t.rare),
      " rare latents have an encoder within cosine ",
      t.within,
      " of their common direction; on average ",
      $(t.mean_cosine, 2),
      "."
    ] }) })
  ] });
}
function da({ cosine: e, height: t }) {
  const r = Math.max(0, e.counts.findIndex((i) => i > 0) - 1);
  return /* @__PURE__ */ n(L, { title: "How well tokens are reconstructed", note: "by token", children: /* @__PURE__ */ n(Fe, { edges: e.edges.slice(r), sets: [{ name: "tokens", counts: e.counts.slice(r), colour: "var(--s0)" }], label: "Tokens by the cosine of activation and reconstruction", xTitle: "cosine of activation and reconstruction", height: t }) });
}
function ha({ answer: e, problem: t }) {
  if (t && !e) return /* @__PURE__ */ n(R, { error: t });
  if (!e) return /* @__PURE__ */ n(L, { title: "Training", children: /* @__PURE__ */ n(Se, {}) });
  if (!e.lines) return /* @__PURE__ */ n(L, { title: "Training", children: /* @__PURE__ */ n(K, { title: "No curves", short: !0, children: "Training has not logged a step yet." }) });
  const r = (l, o, c, d = !1) => ({ name: o, ...e.series[l], colour: c, dots: d }), i = e.series.loss, a = { name: "target", x: i.x.length ? [i.x[0], i.x[i.x.length - 1]] : [], y: [e.target_l0, e.target_l0], colour: "var(--ink-3)", dashed: !0 }, s = [
    { title: "FVU", log: !0, lines: [r("batch_fvu", "batch", "var(--s0)"), r("held_out.fvu", "held-out", "var(--s1)", !0)] },
    { title: "L0", lines: [a, r("batch_l0", "batch", "var(--s0)"), r("held_out.l0", "held-out", "var(--s1)", !0)] },
    { title: "Loss", log: !0, lines: [r("loss", "loss", "var(--s0)")] },
    { title: "Dead latents", lines: [r("dead", "share", "var(--s0)")] },
    { title: "Cosine", lines: [r("held_out.cosine", "held-out", "var(--s1)")] },
    { title: "Learning rate", lines: [r("lr", "rate", "var(--s0)")] }
  ];
  return /* @__PURE__ */ n(L, { title: "Training", note: e.status === "training" ? /* @__PURE__ */ n("span", { class: "row", style: { gap: "6px" }, children: [
    /* @__PURE__ */ n("i", { class: "live" }),
    "live"
  ] }) : `${q(e.lines)} logged steps`, children: /* @__PURE__ */ n("div", { class: "grid g3", style: { columnGap: "28px" }, children: s.filter((l) => l.lines.some((o) => o.x.length && !o.dashed)).map((l) => /* @__PURE__ */ n("div", { children: [
    /* @__PURE__ */ n("h3", { style: { marginBottom: "4px" }, children: l.title }),
    /* @__PURE__ */ n(Vn, { lines: l.lines, log: l.log, label: `${l.title} over training`, height: 170 })
  ] })) }) });
}
function ua({ shown: e, glossary: t }) {
  const { values: r, intervals: i } = e.evaluation, a = Object.keys(t).filter((s) => s in r);
  return /* @__PURE__ */ n(L, { title: "All metrics", note: `${dr(e)} · 95 % intervals by bootstrap over contexts`, children: /* @__PURE__ */ n("div", { class: "scroll", children: /* @__PURE__ */ n("table", { class: "t", children: [
    /* @__PURE__ */ n("thead", { children: /* @__PURE__ */ n("tr", { children: [
      /* @__PURE__ */ n("th", { children: "metric" }),
      /* @__PURE__ */ n("th", { class: "r", children: "value" }),
      /* @__PURE__ */ n("th", { class: "r", children: "95 % interval" }),
      /* @__PURE__ */ n("th", { children: "meaning" })
    ] }) }),
    /* @__PURE__ */ n("tbody", { children: a.map((s) => /* @__PURE__ */ n("tr", { children: [
      /* @__PURE__ */ n("td", { class: "fit", children: /* @__PURE__ */ n("code", { children: s }) }),
      /* @__PURE__ */ n("td", { class: "r num fit", children: /* @__PURE__ */ n("b", { style: { fontWeight: 560 }, children: ce(s, r[s]) }) }),
      /* @__PURE__ */ n("td", { class: "r num fit soft", children: cr(s, i[s]) || "–" }),
      /* @__PURE__ */ n("td", { class: "soft", children: [
        t[s],
        r[s] === null && e.evaluation.undefined[s] ? ` Undefined: ${e.evaluation.undefined[s]}.` : ""
      ] })
    ] })) })
  ] }) }) });
}
function pa({ facts: e, shown: t }) {
  const r = e.config ?? {}, i = r.optimiser ?? {}, a = (o) => Array.isArray(o) ? o.map(a).join(", ") : typeof o == "number" ? Number.isInteger(o) && o >= 1e4 ? q(o) : ge(o, 6) : o == null || o === "" ? "–" : String(o), s = [["model", r.model], ["text", String(r.text ?? "–").split(",").map((o) => o.split("/").pop()).join(", ")], ["tokens", r.tokens], ["seed", r.seed], ["sparsifier", t.sparsifier], ["learning rate", i.lr], ["computed in", e.dtype], ["microtome", e.microtome]], l = Object.entries({ ...r, ...Object.fromEntries(Object.entries(i).map(([o, c]) => [`optimiser.${o}`, c])) }).filter(([o, c]) => o !== "optimiser" && a(c) !== "–" && !(typeof c == "string" && c.includes("/")));
  return /* @__PURE__ */ n(E, { children: [
    /* @__PURE__ */ n("dl", { class: "dl", children: s.filter(([, o]) => o != null).map(([o, c]) => /* @__PURE__ */ n(E, { children: [
      /* @__PURE__ */ n("dt", { children: o }),
      /* @__PURE__ */ n("dd", { class: "num", children: a(c) })
    ] })) }),
    /* @__PURE__ */ n("details", { style: { marginTop: "14px" }, children: [
      /* @__PURE__ */ n("summary", { children: "Every setting" }),
      /* @__PURE__ */ n("dl", { class: "dl", children: l.sort().map(([o, c]) => /* @__PURE__ */ n(E, { children: [
        /* @__PURE__ */ n("dt", { children: /* @__PURE__ */ n("code", { children: o }) }),
        /* @__PURE__ */ n("dd", { class: "num", children: a(c) })
      ] })) })
    ] })
  ] });
}
const fa = () => ({ conditions: [], samples: {}, tokens: 0, count: 0, seconds: null });
function ma(e, t) {
  if (t.event === "start") {
    e.conditions = t.conditions, e.tokens = t.tokens * t.samples * t.conditions.length;
    for (const r of t.conditions) e.samples[r] = Array.from({ length: t.samples }, () => ({ pieces: [], ended: !1 }));
  } else if (t.event === "token") {
    const r = e.samples[t.condition][t.sample];
    t.whole !== void 0 && r.pieces.forEach((i) => i.text = ""), r.pieces.push({ text: t.whole ?? t.piece ?? "", token: t.token, log_p: t.log_p, top: t.top }), r.ended = t.ended, e.count += 1;
  } else {
    e.seconds = t.seconds;
    for (const [r, i] of Object.entries(t.texts))
      i.forEach((a, s) => {
        const { pieces: l } = e.samples[r][s], o = l.map((c) => c.text).join("");
        l.length && a !== o && (l[l.length - 1].text += a.startsWith(o) ? a.slice(o.length) : "");
      });
  }
}
const bt = {
  default: { title: "As it is", tip: "The model without any change", colour: "var(--line-2)" },
  steered: { title: "Steered", tip: "With the changes", colour: "var(--strength)" },
  control: { title: "Random control", tip: "The same amount written in random directions: what a change of this size does whatever it means", colour: "var(--ink-3)" }
};
function ga({ written: e, running: t }) {
  const r = e.conditions[0], i = r ? e.samples[r].length : 0;
  return /* @__PURE__ */ n("div", { class: "beside", style: { "--n": e.conditions.length }, children: e.conditions.map((a) => /* @__PURE__ */ n(L, { title: /* @__PURE__ */ n("span", { class: "row", style: { gap: "8px" }, "data-tip": bt[a]?.tip, children: [
    /* @__PURE__ */ n("span", { class: "swatch", style: { background: bt[a]?.colour } }),
    bt[a]?.title ?? a
  ] }), children: Array.from({ length: i }, (s, l) => /* @__PURE__ */ n(ba, { written: e, name: a, first: r, running: t, i: l })) })) });
}
function ba({ written: e, name: t, first: r, i, running: a }) {
  const { pieces: s, ended: l } = e.samples[t][i], o = t === r ? [] : e.samples[r][i].pieces;
  let c = 0;
  for (; c < s.length && c < o.length && s[c].token === o[c].token; ) c += 1;
  const d = (m) => [`${le(m.token)}  ${D(Math.exp(m.log_p), 3)}`, ...m.top.filter(([u]) => u !== m.token).slice(0, 3).map(([u, f]) => `${le(u)}  ${D(f, 3)}`)].join(`
`), h = (m) => m.text !== "" && /* @__PURE__ */ n(Ve, { text: m.text, scale: 1, breaks: !0, tip: d(m) }), p = c > 0 && c === s.length && c === o.length && !a;
  return /* @__PURE__ */ n("div", { class: "continuation", "data-condition": t, "aria-busy": a, children: [
    c > 0 && /* @__PURE__ */ n("span", { class: "same", "data-tip": p ? void 0 : "as without the changes", children: s.slice(0, c).map(h) }),
    s.slice(c).map(h),
    l ? /* @__PURE__ */ n("span", { class: "faint small", "data-tip": "The model ended here", children: " ■" }) : a && /* @__PURE__ */ n("span", { class: "live", style: { display: "inline-block", marginLeft: "3px" } }),
    p && /* @__PURE__ */ n("div", { class: "faint small", children: "the same as without the changes" })
  ] });
}
const va = (e) => e.seconds ? `${e.count} tokens in ${W(e.seconds, 2)} s` : `${e.count} tokens`, be = /* @__PURE__ */ new Map(), xa = 50;
function hr(e, t, r) {
  const [, i] = z(0), [a, s] = z(null), l = F(null), o = () => i((u) => u + 1), c = be.get(e), d = (u) => {
    const f = be.get(e);
    l.current && clearInterval(l.current.timer), l.current = null, f && u && (f.phase = u), o();
  }, h = () => {
    l.current?.stop.abort(), l.current && d("stopped");
  }, p = (u) => {
    h(), s(null);
    const f = { stop: new AbortController(), timer: window.setInterval(o, xa) };
    l.current = f;
    const v = c;
    be.set(e, { body: u, phase: "waiting", value: t() });
    const b = be.get(e);
    Er(e, u, (g) => {
      b.phase = "running", r(b.value, g);
    }, f.stop.signal).then(
      () => l.current === f && d("done"),
      (g) => {
        if (l.current !== f || g.name === "AbortError") return;
        const k = b.phase === "waiting";
        k && v ? be.set(e, v) : k && be.delete(e), s(g instanceof G ? g.detail : { problem: String(g.message ?? g), cure: "Reload the page" }), d(k ? null : "stopped");
      }
    ), o();
  };
  Y(() => {
    if (N()) return h;
    ye("POST", e, null).then((u) => {
      be.set(e, u), o();
    }, () => {
    });
  }, [e]);
  const m = c && (c.phase === "done" || c.phase === "stopped");
  return Y(() => m && N() ? ot(`POST ${e} null`, c) : void 0, [e, m, c]), { shown: c ?? null, error: a, setError: s, start: p, stop: h, busy: c?.phase === "waiting" || c?.phase === "running" };
}
function ka(e, t) {
  if (t.event === "start") e.total = t.rows;
  else if (t.event === "row") {
    const { strength: r, condition: i, sample: a, text: s, perplexity: l } = t;
    e.rows.push({ strength: r, condition: i, sample: a, text: s, perplexity: l });
  }
  (t.event === "row" || t.event === "end") && (e.summary = t.summary);
}
const vt = {
  steered: { name: "steered", colour: "var(--strength)" },
  control: { name: "random control", colour: "var(--ink-3)" }
};
function ya({ path: e, body: t, strengths: r, setStrengths: i, tellWhere: a }) {
  const s = hr(e, () => ({ total: 0, rows: [], summary: [] }), ka), l = s.shown?.value, o = { ...t, strengths: r.split(/[;,\s]+/).filter(Boolean).map(jt) }, c = s.error?.where && s.error.where !== "strengths", d = () => {
    a(null), s.start(o);
  }, h = (f) => Object.entries(vt).map(([v, { name: b, colour: x }]) => {
    const g = (l?.summary ?? []).filter((k) => k.condition === v).sort((k, C) => k.strength - C.strength);
    return { name: b, colour: x, x: g.map((k) => k.strength), y: g.map((k) => k[f]) };
  }), p = [...new Set((l?.summary ?? []).map((f) => f.strength))].sort((f, v) => f - v), m = Object.keys(vt).filter((f) => l?.rows.some((v) => v.condition === f)), u = !s.busy && s.shown && N() && JSON.stringify(s.shown.body) !== JSON.stringify(o);
  return /* @__PURE__ */ n(L, { title: "Dose and response", note: l ? s.busy ? `${l.rows.length} of ${l.total || "…"}` : s.shown?.phase === "stopped" ? "stopped" : u ? "made with other settings" : "" : "what the clean model makes of the text as the strengths grow", children: [
    N() && /* @__PURE__ */ n("div", { class: "row", children: [
      /* @__PURE__ */ n("label", { class: "setting grow", children: [
        "factors on the strengths",
        /* @__PURE__ */ n("input", { class: "field", "aria-label": "Factors on the strengths", value: r, spellcheck: !1, autocomplete: "off", onInput: (f) => {
          s.setError(null), i(f.currentTarget.value);
        } })
      ] }),
      s.busy ? /* @__PURE__ */ n("button", { class: "btn", onClick: s.stop, children: "Stop" }) : /* @__PURE__ */ n("button", { class: "btn", onClick: d, children: "Draw the curve" })
    ] }),
    s.error && /* @__PURE__ */ n("div", { style: { marginTop: "10px" }, children: /* @__PURE__ */ n(R, { error: c ? { ...s.error, problem: `${ur(s.error.where)}: ${s.error.problem}` } : s.error }) }),
    l && l.summary.length > 0 && /* @__PURE__ */ n(E, { children: [
      /* @__PURE__ */ n("div", { class: "three", children: [["perplexity", "Perplexity", "of the text under the clean model; lower is more like its own", !0], ["activation", "Activation", "of the steered latents, as the clean model reads the text", !1], ["repeated_4", "Repetition", "share of 4-grams that occurred before; text in a circle has a low perplexity", !1]].map(([f, v, b, x]) => /* @__PURE__ */ n("div", { children: [
        /* @__PURE__ */ n("h3", { "data-tip": b, children: v }),
        /* @__PURE__ */ n(Vn, { lines: h(f), log: x, label: `${v} by strength`, height: 180, xTitle: "factor", xForm: ge })
      ] })) }),
      /* @__PURE__ */ n("div", { class: "scroll", style: { marginTop: "14px" }, children: /* @__PURE__ */ n("table", { class: "t doses", children: [
        /* @__PURE__ */ n("thead", { children: /* @__PURE__ */ n("tr", { children: [
          /* @__PURE__ */ n("th", { class: "r", children: "factor" }),
          m.map((f) => /* @__PURE__ */ n(E, { children: [
            /* @__PURE__ */ n("th", { class: "r", "data-tip": "Perplexity under the clean model; share of repeated 4-grams", children: "perplexity" }),
            /* @__PURE__ */ n("th", { children: vt[f].name })
          ] }))
        ] }) }),
        /* @__PURE__ */ n("tbody", { children: p.map((f) => /* @__PURE__ */ n("tr", { children: [
          /* @__PURE__ */ n("td", { class: "r num", children: ge(f) }),
          m.map((v) => {
            const b = l.summary.find((g) => g.strength === f && g.condition === v), x = l.rows.find((g) => g.strength === f && g.condition === v);
            return /* @__PURE__ */ n(E, { children: [
              /* @__PURE__ */ n("td", { class: "r num", "data-tip": b ? `${D(b.repeated_4)} repeated` : void 0, children: b ? W(b.perplexity, 3) : "" }),
              /* @__PURE__ */ n("td", { class: "mono", children: x && /* @__PURE__ */ n(Vt, { text: x.text }) })
            ] });
          })
        ] })) })
      ] }) })
    ] })
  ] });
}
function ur(e) {
  const [t, r] = e.split(".");
  return r === void 0 ? { changes: "The changes", prompt: "The prompt", generation: "The settings", strengths: "The factors" }[t] ?? t : `Change ${Number(r) + 1}`;
}
const Zt = [
  { key: "tokens", label: "tokens", start: "40", tip: "New tokens, at most", width: "48px" },
  { key: "temperature", label: "temperature", start: "0", tip: "0: always the likeliest token", width: "42px" },
  { key: "top_p", label: "top p", start: "1", tip: "Drawn from the likeliest tokens that hold this share", width: "42px" },
  { key: "frequency_penalty", label: "penalty", start: "0", tip: "Taken from a token's logit for each earlier use", width: "42px" },
  { key: "samples", label: "samples", start: "1", tip: "Continuations of each kind", width: "38px" },
  { key: "seed", label: "seed", start: "0", tip: "Of the draw, the same for every column, and of the random directions", width: "48px" }
];
function wa(e, t) {
  const r = Object.fromEntries(Zt.map(({ key: i, start: a }) => [i, jt(e[i] ?? a)]));
  return e.chat === "1" && (r.chat = !0), { changes: t, prompt: e.prompt ?? "", generation: r, control: e.control !== "0" };
}
function Sa() {
  const [e, t] = Q(), r = F({}), i = F(0), [, a] = z(0), s = F("");
  Y(() => () => clearTimeout(i.current), []), s.current !== JSON.stringify(e) && (s.current = JSON.stringify(e), r.current = {}, clearTimeout(i.current));
  const l = { ...e };
  for (const [o, c] of Object.entries(r.current))
    c == null || c === "" ? delete l[o] : l[o] = String(c);
  return [l, (o) => {
    Object.assign(r.current, o), a((c) => c + 1), clearTimeout(i.current), i.current = window.setTimeout(() => {
      const c = r.current;
      r.current = {}, t(c), s.current = JSON.stringify(nt().params);
    }, 150);
  }];
}
function Ma(e) {
  const { run: t } = e, [r, i] = Sa();
  Y(() => {
    const s = Si(t.id);
    N() && s && !r.prompt && !r.changes && i({ ...s, dictionary: r.dictionary });
  }, [t.id]), Y(() => {
    (r.prompt || r.changes) && wi(t.id, r);
  });
  const a = _n(r.changes);
  return !Pe() && N() ? /* @__PURE__ */ n("div", { class: "panel", children: /* @__PURE__ */ n(K, { title: "Not in a notebook", children: [
    "Steering writes as it goes, which needs the app: ",
    /* @__PURE__ */ n("code", { children: "microtome serve" }),
    "."
  ] }) }) : /* @__PURE__ */ n(E, { children: [
    a === null && /* @__PURE__ */ n(R, { error: { problem: "The changes in the address cannot be read", cure: "Choose the latents again" } }),
    /* @__PURE__ */ n(Ca, { ...e, params: r, set: i, changes: a ?? [] })
  ] });
}
function Ca({ set: e, ...t }) {
  const { run: r, params: i, changes: a } = t, s = a.filter((A) => A.latent !== void 0).map((A) => `${A.dictionary}:${A.latent}`), l = Z(ee(j(r.id, "/steer"), { latents: [...new Set(s)].sort().join(",") })), o = hr(j(r.id, "/steer"), fa, ma), [c, d] = z(null), h = o.error ?? c, p = wa(i, a), m = l.data?.model ?? String(r.model), u = () => {
    d(null), o.start(p);
  }, f = (A) => {
    o.setError(null), d(null), e(A);
  }, v = (A) => f({ changes: A.length ? JSON.stringify(A) : null }), { shown: b } = o, x = N() && b && !o.busy && JSON.stringify(b.body) !== JSON.stringify(p), g = b ? b.phase === "waiting" ? l.data?.loaded ? "waiting for the model…" : `loading ${m}…` : b.phase === "running" ? `writing: ${b.value.count} of ${b.value.tokens} tokens` : `${b.phase === "stopped" ? "stopped after " : ""}${va(b.value)}${x ? ", with other settings" : ""}` : "";
  Y(() => {
    b?.phase === "running" && !l.data?.loaded && l.reload();
  }, [b?.phase]);
  const k = (A) => h?.where === A && /* @__PURE__ */ n("div", { style: { marginTop: "8px" }, children: /* @__PURE__ */ n(R, { error: h }) }), C = (A) => !!A && (["changes", "prompt", "generation"].includes(A) || Number(A.split(".")[1]) < a.length);
  return /* @__PURE__ */ n(E, { children: [
    /* @__PURE__ */ n("div", { class: "row end", children: [
      /* @__PURE__ */ n("h1", { children: "Steer" }),
      /* @__PURE__ */ n("span", { class: "soft small num", role: "status", children: g })
    ] }),
    /* @__PURE__ */ n("div", { class: "steer", children: [
      /* @__PURE__ */ n(L, { title: "Changes", note: N() ? "in this order, at the same time" : "", children: [
        N() && /* @__PURE__ */ n(Ea, { ...t, add: (A, P) => v(zt(a, A, P)) }),
        a.length === 0 && /* @__PURE__ */ n(K, { title: "Nothing is changed yet", short: !0, children: N() ? "Look for a latent above, or send one here from its page or from a text." : "" }),
        a.map((A, P) => /* @__PURE__ */ n("div", { children: [
          /* @__PURE__ */ n(
            Na,
            {
              ...t,
              one: A,
              known: l.data?.latents.find((S) => S.latent === A.latent && S.dictionary === A.dictionary),
              change: (S) => v(S === null ? a.filter((w, I) => I !== P) : a.map((w, I) => I === P ? S : w))
            }
          ),
          k(`changes.${P}`)
        ] })),
        k("changes"),
        N() && /* @__PURE__ */ n(Ua, { ...t, change: v })
      ] }),
      /* @__PURE__ */ n(L, { title: "Prompt", note: N() ? /* @__PURE__ */ n("label", { class: "check small", children: [
        /* @__PURE__ */ n("input", { type: "checkbox", checked: i.chat === "1", onChange: (A) => f({ chat: A.currentTarget.checked ? "1" : null }) }),
        "as a chat message"
      ] }) : "", children: [
        /* @__PURE__ */ n(
          "textarea",
          {
            class: "field",
            rows: 4,
            "aria-label": "Prompt",
            placeholder: "Text to be continued",
            value: i.prompt ?? "",
            readOnly: !N(),
            spellcheck: !1,
            onInput: (A) => f({ prompt: A.currentTarget.value }),
            onKeyDown: (A) => {
              A.key === "Enter" && (A.ctrlKey || A.metaKey) && u();
            }
          }
        ),
        k("prompt"),
        N() && /* @__PURE__ */ n(Ia, { ...t, add: (A, P) => v(zt(a, A, P)) }),
        /* @__PURE__ */ n(Aa, { params: i, set: f }),
        k("generation"),
        N() && /* @__PURE__ */ n("div", { class: "row", style: { marginTop: "14px" }, children: [
          o.busy ? /* @__PURE__ */ n("button", { class: "btn main", onClick: o.stop, children: "Stop" }) : /* @__PURE__ */ n("button", { class: "btn main", onClick: u, "data-tip": "Key Ctrl Enter in the prompt", children: "Generate" }),
          /* @__PURE__ */ n("label", { class: "check", children: [
            /* @__PURE__ */ n("input", { type: "checkbox", checked: p.control, onChange: (A) => f({ control: A.currentTarget.checked ? null : "0" }) }),
            "with a random control"
          ] }),
          /* @__PURE__ */ n("span", { class: "grow" }),
          /* @__PURE__ */ n(Wa, { ...t, set: f, body: p, tell: (A) => {
            o.setError(null), d(A);
          } })
        ] }),
        h && !C(h.where) && /* @__PURE__ */ n("div", { style: { marginTop: "10px" }, children: /* @__PURE__ */ n(R, { error: h.where ? { ...h, problem: `${ur(h.where)}: ${h.problem}` } : h }) })
      ] })
    ] }),
    b && b.value.conditions.length > 0 && /* @__PURE__ */ n(ga, { written: b.value, running: o.busy }),
    (N() || a.length > 0) && /* @__PURE__ */ n(ya, { path: j(r.id, "/dose"), body: p, strengths: i.factors ?? "0, 0.5, 1, 2, 4", setStrengths: (A) => f({ factors: A }), tellWhere: () => d(null) })
  ] });
}
function Aa({ params: e, set: t }) {
  const r = (i, a) => {
    const s = i === "samples" && Number(a) > 1 && Number(e.temperature ?? 0) === 0;
    t({ [i]: a || " ", ...s ? { temperature: "1" } : {} });
  };
  return /* @__PURE__ */ n("div", { class: "row settings", children: Zt.map(({ key: i, label: a, start: s, tip: l, width: o }) => /* @__PURE__ */ n("label", { class: "setting", "data-tip": l, children: [
    a,
    N() ? /* @__PURE__ */ n("input", { class: "field num", style: { width: o }, inputMode: "decimal", "aria-label": a, value: (e[i] ?? s).trim(), spellcheck: !1, autocomplete: "off", onInput: (c) => r(i, c.currentTarget.value) }) : /* @__PURE__ */ n("b", { class: "num", children: e[i] ?? s })
  ] })) });
}
function Ea({ run: e, dictionary: t, add: r }) {
  const [i, a] = z(""), s = i.trim(), l = /^\d+$/.test(s) && Number(s) < t.latents ? Number(s) : null, o = Z(s && l === null && t.store ? ee(j(e.id, "/latents"), { dictionary: t.name, label: s, sort: "interesting", limit: 8 }) : null), c = l !== null ? [{ latent: l, label: null, top_token: null, density: null }] : s ? o.data?.rows ?? [] : [], d = (h) => {
    r(h, t.name), a("");
  };
  return /* @__PURE__ */ n("div", { class: "choose", onKeyDown: (h) => {
    h.key === "Enter" && c.length && d(c[0].latent);
  }, children: [
    /* @__PURE__ */ n(Ae, { label: "Latent", placeholder: t.store ? "Add a latent: part of its label, or its number" : "Add a latent: its number", value: i, width: "100%", onChange: a, delay: 150 }),
    s !== "" && /* @__PURE__ */ n("div", { class: "choices", role: "listbox", "aria-label": "Latents found", children: [
      c.map((h) => /* @__PURE__ */ n("button", { role: "option", onClick: () => d(h.latent), children: [
        /* @__PURE__ */ n("b", { class: "num", children: h.latent }),
        /* @__PURE__ */ n("span", { class: "cut grow", children: h.label ? /* @__PURE__ */ n(ie, { text: h.label }) : h.top_token ? /* @__PURE__ */ n(ue, { text: h.top_token }) : /* @__PURE__ */ n("span", { class: "faint", children: [
          "of ",
          t.name
        ] }) }),
        h.density !== null && /* @__PURE__ */ n("span", { class: "num faint small", children: D(h.density) })
      ] })),
      o.error && /* @__PURE__ */ n(R, { error: o.error }),
      c.length === 0 && !o.loading && !o.error && /* @__PURE__ */ n("span", { class: "faint small", children: /^\d+$/.test(s) ? `${t.name} has the latents 0 to ${t.latents - 1}` : t.store ? "No label has this" : "Labels need the latent store; give a number" })
    ] })
  ] });
}
function Na({ run: e, one: t, known: r, change: i }) {
  const a = gt.find((d) => d.value === t.kind), s = N(), l = (d) => {
    const h = gt.find((v) => v.value === d), p = h.units.some((v) => v.value === t.unit) ? t.unit : h.units[0]?.value, { value: m, unit: u, ...f } = t;
    i({ ...f, kind: d, ...h.start === null ? {} : { value: a?.start == null ? h.start : t.value }, ...p ? { unit: p } : {} });
  }, o = Number(t.value), c = e.dictionaries.length > 1;
  return /* @__PURE__ */ n("div", { class: "change", children: [
    /* @__PURE__ */ n("div", { class: "row", style: { gap: "8px", flexWrap: "nowrap" }, children: [
      t.kind === "replace" || !a ? /* @__PURE__ */ n("span", { class: "grow", children: t.kind === "replace" ? /* @__PURE__ */ n(E, { children: [
        "replace the site by ",
        /* @__PURE__ */ n("b", { children: t.dictionary })
      ] }) : t.kind }) : /* @__PURE__ */ n(E, { children: [
        s ? /* @__PURE__ */ n(ze, { label: "What is done", value: t.kind, options: gt, onChange: l }) : /* @__PURE__ */ n("span", { children: a.label }),
        /* @__PURE__ */ n("a", { class: "num", href: s ? oe("latent", { run: e.id, dictionary: t.dictionary, latent: t.latent }) : void 0, "data-tip": `${t.dictionary ?? ""}${r?.max ? `
maximum activation ${W(r.max)}` : ""}`, children: /* @__PURE__ */ n("b", { children: t.latent }) }),
        /* @__PURE__ */ n("span", { class: "soft cut grow", "data-tip": r?.label ? re(r.label) : void 0, children: r?.label ? /* @__PURE__ */ n(ie, { text: r.label }) : c ? /* @__PURE__ */ n("span", { class: "faint small", children: t.dictionary }) : "" })
      ] }),
      s && /* @__PURE__ */ n("button", { class: "btn quiet", "aria-label": `Take ${t.kind} ${t.latent ?? ""} away`, "data-tip": "Take it away", onClick: () => i(null), children: "×" })
    ] }),
    a && a.start !== null && /* @__PURE__ */ n("div", { class: "row amount", children: [
      s && /* @__PURE__ */ n("input", { type: "range", min: -20, max: 20, step: 0.5, value: Number.isFinite(o) ? o : 0, "aria-label": `Strength of latent ${t.latent}, slider`, onInput: (d) => i({ ...t, value: Number(d.currentTarget.value) }) }),
      s ? /* @__PURE__ */ n("input", { class: "field num", inputMode: "decimal", "aria-label": `Strength of latent ${t.latent}`, value: String(t.value ?? ""), spellcheck: !1, autocomplete: "off", onInput: (d) => i({ ...t, value: Ta(d.currentTarget.value) }) }) : /* @__PURE__ */ n("b", { class: "num", children: String(t.value) }),
      a.units.length > 0 ? s ? /* @__PURE__ */ n(ze, { label: "Unit", value: t.unit || a.units[0].value, options: a.units, onChange: (d) => i({ ...t, unit: d }) }) : /* @__PURE__ */ n("span", { children: a.units.find((d) => d.value === (t.unit || a.units[0].value))?.label }) : /* @__PURE__ */ n("span", { class: "soft", children: "times its activation" })
    ] }),
    t.when && /* @__PURE__ */ n("span", { class: "badge", style: { marginTop: "4px" }, children: za(t) })
  ] });
}
const Ta = (e) => /\.$|\.\d*0$|^-?0\d/.test(e) ? e : jt(e);
function za({ when: e = {} }) {
  const t = e.clock === "generated" ? "generated token" : "token";
  return [
    e.clock === "generated" && !e.start && e.stop == null ? "generated tokens only" : e.start || e.stop != null ? `from ${t} ${e.start ?? 0}${e.stop != null ? ` to ${e.stop - 1}` : ""}` : "",
    e.scale?.length ? `scaled over ${t}s` : "",
    e.fires ? `where latent ${e.fires.latent} is above ${e.fires.above ?? 0}` : "",
    e.specials ? "special tokens too" : ""
  ].filter(Boolean).join(", ");
}
function Ua({ dictionary: e, changes: t, change: r }) {
  const i = t.length > 0 && t.every((l) => l.when?.clock === "generated"), a = (l) => r(t.map(({ when: o, ...c }) => {
    const { clock: d, ...h } = o ?? {}, p = l ? { ...h, clock: "generated" } : h;
    return Object.keys(p).length ? { ...c, when: p } : c;
  })), s = t.some((l) => l.kind === "replace" && l.dictionary === e.name);
  return /* @__PURE__ */ n("div", { class: "row", style: { marginTop: "12px" }, children: [
    t.length > 0 && /* @__PURE__ */ n("label", { class: "check", "data-tip": "Change generated tokens only", children: [
      /* @__PURE__ */ n("input", { type: "checkbox", checked: i, onChange: (l) => a(l.currentTarget.checked) }),
      "leave the prompt alone"
    ] }),
    /* @__PURE__ */ n("span", { class: "grow" }),
    !s && /* @__PURE__ */ n("button", { class: "btn quiet", "data-tip": `${e.site_out} becomes the reconstruction of ${e.name}`, onClick: () => r([{ kind: "replace", dictionary: e.name }, ...t]), children: "Replace the site" })
  ] });
}
function Ia({ run: e, dictionary: t, params: r, add: i }) {
  const [a, s] = z(null), l = r.prompt ?? "", o = Z(a ? ee(j(e.id, "/text"), { dictionary: a.dictionary }) : null, { body: { text: a?.prompt ?? "" } }), c = a?.prompt === l && a.dictionary === t.name, d = (o.data?.latents ?? []).filter((h) => (h.density ?? 0) <= 0.1).map((h) => {
    const p = Math.max(...h.values);
    return { ...h, most: p, token: o.data.tokens[h.positions[h.values.indexOf(p)]] };
  }).sort((h, p) => p.most - h.most).slice(0, 12);
  return /* @__PURE__ */ n("div", { class: "firing", children: [
    !c && l !== "" && /* @__PURE__ */ n("button", { class: "btn quiet", onClick: () => s({ prompt: l, dictionary: t.name }), children: "Which latents fire on it?" }),
    c && o.loading && /* @__PURE__ */ n("span", { class: "soft small", children: "reading…" }),
    c && o.error && /* @__PURE__ */ n(R, { error: o.error }),
    c && o.data && d.length === 0 && /* @__PURE__ */ n("span", { class: "soft small", children: "none" }),
    c && o.data && d.map((h) => /* @__PURE__ */ n("button", { class: "take", onClick: () => i(h.latent, t.name), "data-tip": `Steer latent ${h.latent}
${h.label ? `${re(h.label)}
` : ""}strongest on ${le(h.token)}: ${W(h.most)}`, children: [
      /* @__PURE__ */ n("b", { class: "num", children: h.latent }),
      /* @__PURE__ */ n("span", { class: "cut", children: h.label ? /* @__PURE__ */ n(ie, { text: h.label }) : le(h.token) })
    ] }))
  ] });
}
function Wa({ run: e, body: t, tell: r, set: i }) {
  const a = F(null), [s, l] = z(""), o = (p) => r(p instanceof G ? p.detail : { problem: String(p.message), cure: "" }), c = (p, m) => {
    r(null), l(p), m().catch(o).then(() => l(""));
  }, d = () => c("saving…", async () => {
    const { control: p, ...m } = t, u = await ye("POST", j(e.id, "/preset"), m), f = document.createElement("a");
    f.href = URL.createObjectURL(new Blob([JSON.stringify(u, null, 1)], { type: "application/json" })), f.download = "steer.json", f.click(), setTimeout(() => URL.revokeObjectURL(f.href), 6e4);
  }), h = (p) => c("loading…", async () => {
    let m;
    try {
      m = JSON.parse(await p.text());
    } catch {
      throw new G({ problem: `'${p.name}' is not JSON`, cure: "Choose a preset that this page or --save-preset wrote" });
    }
    const u = await ye("POST", j(e.id, "/preset/open"), { preset: m, name: p.name }), f = Object.fromEntries(Zt.map(({ key: v }) => [v, String(u.generation[v])]));
    i({ changes: JSON.stringify(u.changes), prompt: u.prompt, ...f, chat: u.generation.chat ? "1" : null });
  });
  return /* @__PURE__ */ n(E, { children: [
    s && /* @__PURE__ */ n("span", { class: "soft small", role: "status", children: s }),
    /* @__PURE__ */ n("button", { class: "btn quiet", onClick: () => a.current?.click(), "data-tip": "Changes, prompt and settings from a file", children: "Load preset" }),
    /* @__PURE__ */ n("button", { class: "btn quiet", onClick: d, "data-tip": "As a file that 'microtome generate --preset' takes", children: "Save preset" }),
    /* @__PURE__ */ n("input", { ref: a, type: "file", accept: ".json,application/json", hidden: !0, "aria-label": "Preset file", onChange: (p) => {
      const m = p.currentTarget.files?.[0];
      p.currentTarget.value = "", m && h(m);
    } })
  ] });
}
const La = [
  { id: "overview", title: "Overview", tip: "Metrics and training", component: oa, keepsDictionary: !0 },
  { id: "latents", title: "Latents", tip: "All latents: sort, filter, search", component: Ti },
  { id: "latent", title: "Latent", tip: "One latent", component: qi, hidden: !0, within: "latents" },
  { id: "text", title: "Text", tip: "Which latents fire on your text", component: Ui },
  { id: "steer", title: "Steer", tip: "Write with latents changed", component: Ma, keepsDictionary: !0 },
  { id: "compare", title: "Compare", tip: "Two dictionaries side by side", component: Or, keepsDictionary: !0 },
  { id: "graph", title: "Graph", tip: "What leads from a prompt to its next token", component: _i, keepsDictionary: !0, withoutRun: !0 }
], Ba = '.page:has(.g-page){max-width:1680px}.g-page{display:grid;gap:12px}.g-prompt{line-height:1.75;margin-top:2px;max-height:76px;overflow-y:auto;overflow-wrap:anywhere}.g-main{display:grid;grid-template-columns:minmax(0,1fr) 372px;gap:16px;align-items:start}.g-window{border:1px solid var(--line);border-radius:10px;background:var(--panel);box-shadow:var(--shadow);overflow:hidden;position:sticky;top:64px}.g-window.panel{min-height:420px}.g-box{position:relative;height:calc(100vh - 262px);min-height:440px;overflow:hidden;touch-action:none;cursor:grab;user-select:none}.g-box:focus-visible{outline-offset:-2px;border-radius:10px 10px 0 0}.g-edges{position:absolute;left:0;top:0;transform-origin:0 0;will-change:transform}.g-top{position:absolute;inset:0;width:100%;height:100%}.g-zoom{position:absolute;left:42px;top:10px;display:flex;border:1px solid var(--line);border-radius:9px;background:var(--panel);box-shadow:var(--shadow)}.g-zoom .btn{padding:6px}.g-frame{position:absolute;border:1px solid var(--focus);background:color-mix(in srgb,var(--focus) 12%,transparent);border-radius:2px;pointer-events:none}.g-said{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}.g-tip{position:absolute;z-index:4;pointer-events:none;display:grid;gap:1px;max-width:280px;padding:7px 10px;border:1px solid var(--line-2);border-radius:8px;background:var(--panel);box-shadow:var(--pop);font-size:var(--t1);line-height:1.45;overflow-wrap:anywhere;cursor:default}.g-tip b{font-weight:600;font-size:var(--t2)}.g-tip span{color:var(--ink-2)}.g-legend{border-top:1px solid var(--line);padding:8px 14px;align-items:center}.g-shape{width:11px;height:11px;flex:none;display:inline-block;vertical-align:-1px;margin-right:6px;overflow:visible}.g-legend .g-shape{margin-right:0}.g-hint{margin-left:auto}.g-tools{display:flex;flex-wrap:wrap;gap:8px 20px;align-items:center}.g-range{display:inline-flex;gap:8px;align-items:center;color:var(--ink-2);white-space:nowrap}.g-range input{width:116px;accent-color:var(--strength);margin:0}.g-range b{font-weight:560;color:var(--ink);min-width:48px}.g-search{position:relative}.g-search .field{width:210px}.g-results{position:absolute;z-index:12;top:calc(100% + 4px);left:0;width:340px;max-width:86vw;background:var(--panel);border:1px solid var(--line-2);border-radius:9px;box-shadow:var(--pop);padding:5px}.g-results button{display:flex;width:100%;align-items:center;gap:4px;text-align:left;font:inherit;color:inherit;background:none;border:0;border-radius:6px;padding:4px 8px;cursor:pointer;white-space:nowrap}.g-results button:hover,.g-results [aria-selected=true]{background:var(--hover)}.g-results p{padding:4px 8px}.g-side{gap:12px}.g-side .panel{padding:15px 16px}.g-head{display:flex;justify-content:space-between;align-items:flex-start;gap:8px}.g-head h2{line-height:1.3}.g-head .btn{font-size:17px;padding:2px 8px;margin:-2px -6px 0 0}.g-facts{display:flex;flex-wrap:wrap;gap:4px 22px;margin:11px 0 12px}.g-facts span{display:block;color:var(--ink-3);font-size:var(--t1)}.g-facts b{font-weight:580;font-size:var(--t3);letter-spacing:-.01em}.g-ends{display:grid;gap:14px;margin-top:16px;border-top:1px solid var(--line);padding-top:14px}.g-list>*{grid-template-columns:minmax(0,1fr) 76px 56px}.g-list>button{font:inherit;color:inherit;text-align:left;background:none;border:0;border-radius:5px;padding:0 6px;margin:0 -6px;cursor:pointer}.g-list>button:hover{background:var(--hover)}.g-list .chip{max-width:150px}.link{font:inherit;color:inherit;background:none;border:0;padding:0;cursor:pointer;text-align:left;min-width:0}.link:hover{text-decoration:underline;text-underline-offset:3px}.link.small{font-size:var(--t1);color:var(--ink-2);margin-top:6px}.g-changes{list-style:none;margin:0;padding:0;display:grid;gap:1px}.g-changes li{display:flex;gap:8px;align-items:baseline;padding:2px 6px;margin:0 -6px;border-radius:5px}.g-changes li:hover{background:var(--hover)}.g-changes li>:first-child{flex:1 1 auto;min-width:0}.g-changes .small{white-space:nowrap}.g-two{display:grid;gap:2px}.g-two i{height:5px;border-radius:2px;display:block;min-width:1px}.g-logits td{vertical-align:middle;padding:4px 10px 4px 0}.g-side .example{grid-template-columns:46px minmax(0,1fr);padding:4px 0}.g-index{display:grid;gap:14px;grid-template-columns:repeat(auto-fill,minmax(330px,1fr))}.g-card{text-decoration:none;display:block}.g-card:hover{border-color:var(--line-2);background:var(--hover)}.g-card .g-prompt{max-height:84px;overflow:hidden}@media(max-width:980px){.g-main{grid-template-columns:minmax(0,1fr)}.g-window{position:relative;top:0}.g-box{height:56vh;min-height:400px}.g-hint{display:none}.g-range input{width:92px}.g-side{grid-template-columns:repeat(auto-fit,minmax(300px,1fr));align-items:start}}@font-face{font-family:Inter Variable;src:url(data:font/woff2;base64,d09GMgABAAAAALyAABUAAAAB4CAAALwFAAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAGoZeG4KyRBzVcD9IVkFSi2k/TVZBUl4GYD9TVEFUgU4nJgCFNi9sEQgKgbtAgaEUC4gOADCCnD4BNgIkA5AYBCAFhi4HoQQMB1tzzZFCvBvP7u3DbGpQpdsQgMqps1L7r3ADN3ekcLpSd3VjDvdRxlSwXT24HeDivrPV7P/////PTiZjjG6zbhuAgIaVWf//oFG6m0fKpZa1GtEM3hHeiRiGTOHDNEtW1uphm9xD8Yfsc845xSOllI6MZ0bgBa6OXQbsGPkQKYlQqD3X9YVVvH2KntB6YJwvZMXkp+C5yraOrUrG4lPZsKGIy79I0v3UzBZt9SM6yqcJLyKfWogpGCTMhFHtxxQ74e+iXfmlkqJiNbeKZ4KLcfByGbnFit+pfrn4okou/l1zuyzDbEtoImSSXDLgSfrNakEiSjNkyuNXIhj2Rtg8HXFaJ1HMmcuGV+Se8CUCw/bq3NAqMQ78EUkhmkVBNNkIe66aFY24EF5FxJKmvYhLeZu+817KeHDRANVOdSZTE0mx05wGy3iIsAUf0f92lq9M9/vv/v/fb8Oa8yVqT0nuI2nTGlyeDouviNs9inRBSSqDf7jIJKu0nX6r99J6jx/12cSUdscJp/KxG3QT7RY/9SEwOBbgQ6oeY7Wz9aQv/8DXVf25LyKzMVb1gPyyV/Vl7QRt6Yojsq2qemYjy5LWBREQDCugh4gIihyuKEEw4qrLEgyHmBCRJ4m6LkFU2IMVOZKIiIiYOEQeMxhxWTBhSKjoeZiRLHLKDI9u9i8BQgghYQQIEEKYUxQFUXDWDq/aau0aNzrutm2vd78V8cbevb39PbuWZ+c8x6yKiPAv2cH/SXIzsw/6FFq5J1BCrkRshmBunSgGwlBJAxEEpGLApFwUq2DBGCNGjNwYg41Bb8RokWEBgmRpAypG/w8j8yOHxzn7l6YGDJgwUT8nKWxnYvunm0dKKkBbSk3TVKjTFqliMpggPjnuPrMz5WTD46b9o6Xicz8RK9tuu7tvrowTla6+VY2ikiAhJBCHQEhQ+fE36//kJECQUp/ObldcunvvM5Mvk9KrX8/F1mREaYECwcJRbVYVmlQxSMieub9uWxgmi8RIlphMT53AF76nKsiZ0PP9fv+5+lz6NKMTYVIxFkhYYhkun/JxgkCrUW8HgAHfZv5wV/Vceo2IEwFWEZPFfBFfSpOnX/qnojXxvfbOns7sUMptOJJCQsyoiP+evOentnLVv/qvc+q3CjpUOcAOsAPo0KMDOG0kq58AOljNltFOGB3g1Wk39AQ+xS8O8/f2tb0KFOBgKOMZL1U4wNeMYxxsv9E/WGcJZSGtFOEB7fTCvnubsV0HO3elSVt20/zFnBLJeSx2SYRDOIxGqPU8RgJPuF85+HmvCAoloAW0qpnN1ZoqVyeaB86JTwag9vO2+U4T8Oqd45RC8P1TgDARxX5JhfAg1M6n8RC/Vvnq03CY1Bm5s2EdFWWiq64nQELabXh/W6ELYrD0KGN/dy8Pnu/Hfp2LS/+ZITNElUYJRCp+/sOmQ9KI727UZhKaaVN7/e7eDp/n+d+v37nET/Jmln+chL03c1EfaZBcszZCIc/qeKRSqXhopLsRZGxnVCgYOdkLjTA1U75J7ShGrq85AEUWC04hNRKJJLmkXTYEEomQ8r+0uDorErLq35tqlf7X/UE2WrcsAJTp9U2t+1gLaU0MqaVZ41x+cQMQBkADJJuQWQAUZ5qUa1DDuQ+InAHJZa0akKHIcZY6Z9YY8wFKdS1K2mqRMqDWUVqrUnbWcM6a7C6zNrq66C4zNr4ssjYyPojyi6Pjefzlp9RXxx159GynISsw0ICMHEp2x2Pw96b1UZBRSilwUsStMGYtS6mEg8D//99rmnf3+uukV5OABjjgrdyfaZX/GqqAo8FB7AajPvD/7zSjunpyTr4H5QwKTbZUzt32yPZI6ZV5thZAFtEQuADh/f911tvqzrOO7GXtnH/GIfAnLBpDCGY3XSO9J83T05VsztrWeHDh27OzhAFr7M2RvfsBePIrxNn5wHj6cAVUp0pR5vRY/roO9m3aOvn/177VnXUPkU5IYt5onA5zd7hriHv0O/Lfmgs9U/Obh31IYl9QSfDwdtNuh0l/yQPCLsqCk7aAsgDwYxiG8fBxpbpvArSA3xLRKu3+nj/HSTuhYmYplrUe1IK1ZgUs8T+3urfPITbBbEhpWMR1wRYNLUqgLqa70lw8win+AxOkGc4hlEASFBLH+49zadu+ZpCODzJQKCd86ya/PCUX6OUgf4wKWKid69xkIaJpe8B9qYqXCivJzm0ubT+U1oRC5aKSEw4lgX+3l0fPDZgfC5PyJkVCCRLKvuc7UfJ5cruT7hDMYYIwRgghjAhp8O20fw2wgOmSf4buq3WCi1asL3tb8RLoYXGaTkRUytALu8f1t7tllNFh3+45Z+eWItkgUkSCpEEkc96Gae8EDyDdH9wnQUTEfiJHkJK653clm/QYm6mDz3L/exsG6IGkubz2yz5bg5njsnzHHhc5yjCOQwi22FGChFCOu19raU01dtpuYNXfAVGAH//IzvUXirFP/zv0Q8D3EOZgGihbNVTjCfTMK6jNIPTLEIwgAYxGFmACFAAmRAPARuKCGssWlDdc2DyUMI2KsDy6sEKGsCLmsBN8YacEwy5JhdXJhGnZouoghXXxouoTRkEEOBywO8ROy8zCKiUMYc0hGE+IBuOEgNsD1wcOJoEIBF76FNWvW8a/lWR8cpnwualV31D+g2XPb5YWzMFgE7wQfBUMiAAtzk8QD+7nLDCA3lr4ji7Q0qn9RVPfxlPKpM8205pLNKVuzXBniJpTlqg1ZdfZU/aMPWcvOFOuBXdyD+4UPAq33uSd+lb9t8irUghIFrgw8DAwDcQDKXQVA6xiA76MZ3wdZ3wa3iH+iPoCy31ii6hEQwzkY+RO0pNIrpNMfZQeJVCdlEEt0/+7SXv0Ns2MY4CpgemcrGjJK78i7vGxxvmOODaaYWbamPJQnJtgIt/rscV78eCP0M1GjQYdDqZhIlT0WSxeGk/pWQTGRLq5+prRdZ7EK3o6H/HJP8evCCaCIlCCYqAMR8LTUXtpI4gcpSOKxiNzFIqiMRoXY18ci6sEKq5NYklxEk9K02jmy6JZLItnVXm2SAtSnC+F5TtDRXQUU8xxchFpgJhMk5PSKJJ8aL2HUzy/nXlm2SqXxJZqrCGVy6mfFiVVRSGVVMuyZ9nHwjaTLVjWQfh/hK6gxvV3VUAXZJKUlpW3vMpRFQwnG7V6g83hhLwIiocIima5KB8TEqnBcRiJNC8IzFTdMC27WqfUes5ktjndvmisUmmtDVyBVLUGRD7VFYArSUHATgtlo6/1tt4Ol3u2+Bzs78vHs7B/UKRagDk+YCkBDFQJthOPcYcHfsUXMHXRbL/LZVg/OJt/7eaAsMTJdXMrUCuaLVhf/OXV7+irnJ6SCbEZgvAh3KOsYL642IdjkXJko4KjRshppO/9pI0aLFZX/N3DQxmbYOrjAT/79NOaeBWf88J2dwlitElg8r0ECXjeIqwTKkUDwaLg1SoH/uKvY/3gQ1Jj/KofmAvXXbL1+8nCn5e5j892isPgkDd8ZkN5u5fmmZMfahGqutcXnayYN6Xlw7NN46XUvlhu/lkVUl4w6XzysiO8fH1cuNCuSZWVv9ZVTS+k+kVz5S7r51DS4q660uy2speX4DLhin0E4kVJOLZoghXZU45b4SfhYo16VZcnHEuoYBwSe8U/L7TkdFxRq3AynWlNrRJqQDY4PozgA4ujA+sl2EOsrGNGbbHa8ztEtUG3WmuF0y1o9gyHOWSHaaOsAYlirvCmQIek0+zdqluzo9oDXSOVJOIzZTZrtuAKki0Ey0Jyq6qC6W5ShKjhtLwfszlR1u3ymUIhKYygjxZqQ4jMGiI2CNcgAINtsTVYRD/aUY8KyD1kZiJYQNsZWkIoN7igBUYGO9Zou9rQk93ZNa1qSYs6qkkd1s6WZ6sKE2/c3KwZwlBgE8R4k8A00o6++ED2lLdfLdw8l8oR0FH2KW0rQ6JMDtnNrdmNj9qDjG5iirnc7F7sBrIQbhOS1MFtX25g2/amFoBFyeuvIjZPbtqe1M32bnRTf937nIaxN4kJ5TOiRLYrigtKw+H1am3avnke0G78iZN8myoQtVa5xM5H+Y3Ss2tTnuRoW1HluNqHxXKYBEt4KHvBRmA5ra0eV8rpJ7Ku1z4/dxP/WD84MxS8hdi6vlhiVlQ1SmM4NbDTp/Y+P0MDWzmXZsbp6MnxvBiixZJn8AVb1/yMN2qWBjceS2pDo+krl0JvY7aXv1IL3nzP7UIcPB0/pF3dBK/eaL/t9Fgl+MJOxLV8FidqeKb5sgUXi2Ot2sTGU2edj3EKowZ2/CXvfrUN7TX56J6+XVybPM3erX/zkdzIzXeU6Fbfrw+u/mgcvhq6kPeVjfTS/UssNRSqoytJDzOtCE0aQuuJWz+4D1UrijRM/6Rw1XK8lao/8nSKlKSaeCgTB60KK5/2W/0puNbqSX7BuypUrxpl008XHRNfAtSUojuQPnMTOGmMap1HB/82N59DGUNsnD38aynt8URUd5jmY9TUGKH8q79vOzz69ttFvtdEbrzpfgc5ISzXY1pc7RCRT2y9SpMIrprR4vbHskEuxmTEa9Pt+TkKl7f2V0+8ZXu2/YeS2z02tq9o1pcn9upFSdPGO0Atn+Ewl1J8+ZkWS8R7c9OH7c+evtcOvo0VCnUOd+VLBrVyEpIX+5ph8Oaz12NYUkcWaK0ylwpZS00NzpJtp8Yt0enZiE/YZ7eSGujCfomrOdrze0U1VNUNbSEg6sn18wtRzG8QqEpthNNA1/v8GxBqhJS6NbEkO6yu696019d8GTJlPVxLtf75fzk/C7g+t3XWw2xo868ziOzl09OJDeBpHJXQlViH8EnQ/LVoO7cLwUZNk3V/ik2xJooyeCyJyzjrbxct1CyXtGtbLfLaUaHo9JeGqR58x+eNhyeib2qFKF1lLIksUriemEI5rZ9lJJGe04GUa0G346ZLHWFfLLIax3C1/iSXCgBNDwWpF9RQZmK1k1orduRjd8YVu7tbYluu6376eFLW00N8dlUnT5Yac6uSqE752qObLFAqqSuJLEIfrk/Uw0mbnh+4XnPxZTOgz3/F4/hkVd5Ivx7gEiVatx2fVLvY4QvjfA5L3OXfL3lTcbkiHtVcy/qh/sgdXe6IulA5HYYzG21vsPCN+5NBEzlJnWLNb9sbKbCnfOwD91cOrYRlDqbqRCw5ikQ/f+06f47Hz2Y0f/q0rdS9edC0PQIddCYbMMVPtLoQzf96srbYp9LOs7a3QXQ9AZL11duq3PWE7pLCA8/06vfdjw5eRvhJrR8qASnBJXaJu4d3DfGLdmADD7i5AzfgYk6eDsVLbyDak1/S8EVIyZ3KPMue9MKnzxrxj3wlVDFvedMZfOd5nNQy5UUHfxIVZZWnU5iluWj4MsWfJSRC96du732sBlKbqpzkkjQSp4R/dkuFt6ELiA1UnyEyl+pX2uFxsgZSm6occkla8rje8FhIpKkdF2sDO+sXyKB9KoXU0i7Ir7F1VZwunWqzy4sB6fCjSMQPhGEh5vpwty1uYThoAXqeC0G4NIlRVnVCJX1db50yVyJcX4AiFK9XV9ehnx/1HI/VMsvSJI/xYf26hnnkXUuhZnhiqVArLcVqi3MhO3PMwPew1GNQ38blrmMJO7ElUR2F3APuZfyiF6niEsEaBMvLrBKofzlTkSa/SvrBPIXY4QGJGn2oN34J/aAUxJ/Hq0Gc9uF3/FvJEinZqrPY24VM9FXO61tdJiyRawzTfx4A5TJD2fjoiHkUWBfuHdBKhp4A0TSrwI9BG7imK2ZdQhPfWNOAH4JYh7a3EqkdfhaKYbwyDqVEE0z+grfBACEA9iYjNkyIhLM5xmuUwV8WjSTZcqTIUy1NjfFCKZe4SZO3jxH/MKn+7RME1ii9eEF/MZc+Inz9CUN8YGL+858LQrVemvSwxts8whDvuDvz30QIjCNfMBvs+plhgPF84nj7hGD8/P6Duj0ji0M/6Dq9t8LeRCMlKnwXNiSPbxNsk4tzvGycPaA4m31YBvc5jKOextkmH+doQRz0MXvI5kovrqX/pLhi/L5n5lbGvHy6uSQWf9YsLqg7lPnZxfEGQqlVfcvbhvPibczl4byyl6TURW9rMWy5oujdtXpaMkkgF83nwXtO17Z9uw7BpYVugztrH3TFcRgZaFSQ+K2zvey4ncSllPDIzbmQeAb7ONvzZJzIt/C7lLHjozQDPIPlJVFUC0kXh+9GYTGkFTVb8QsODq1sKZdtc6VU2md8xJxEbxP8OzJOh6XGdzAGHpYjOy215rT2s5E45nUrWoPgN5iuFtUfU3CvGmc2NnY+8b+v67tw6J8MYC+TQC6LNDgfOK6OyuubEglkg1TDwtvR5heOPe0HnjbpldAWCI6kPGGliT/KOuBFgBptoXqfhzPwhTV38B8KWXf/rTZfhuOobHTWj6N54UTtyV7+8a+bhR1shsosivZ4HkFbUl7IMGxxznXMP4H1Tz7iN87iKYfT3/ez4LET6FTAOP/NfbkQ29XmFZac6wtaUq0mnX0365eqUrs0Ky07Nd9vWpPylCSmNqaYEczVZK5FOV8r38b6pcdxd9AfJlDMSDXFt9P5T/Ij2439IaPu7E+t7+EEBl82Wb0mArDXy62Jjlk9zknVr29ymnQNNk65Hd5vlrGBiod6wM1GiRstvLGSZPsY0RTFkXkiZtosZNN190Y1F7ud5uH250KCxrVUcnatkZFTt5Ln0gaFudeCalbV5PnVYtKiWhkKaB9aVrvkHVBg3UmKBngLahiFNPWh0I5JtjwDbyt7imk1dGfzZdRWZs+oO+qq7l6ujAn/HBaWXmyXitFykyACjOMB8/hgQgIwMgSIQoFxImAX1mFMTQqU5QfnIhLUVMVvmqDcBDddUO7i5ymjymVWpYT5SNgcCfMTO5nG1yCqZRpVk7Ag0QULWy66FdJrZRKvVRLiF0YrYjXxm3DJcVsvPU4bZcUqSmGbJe4OmXanxN0l0zYkkRIowxIR3VZh20TaLkzVrOxIQmwpiC5V2M6WRRrRfQ9p+mUgOrWsekzsMmXYEz193ofhC7LsBf3Wi7LpJY3rZZn0ikb0mqx7XcN6s9k6Ng773lZvLNiVAYv7S+qEhD2DRuhcfo1hQ8gUxdawDmfW2FeGJdbzYJoJUGhRrleWC/O7Mgsm/qhlFdAZwoeNqoLNUBzvaRr8wjWjVwT5z+fj5hJuuezPx5XDewnjCH18evTx8cJ+IyO6TZQGI1gYwWLluoTl2/zeYbaE05VNBghrAiIGKCPZYxldswxnx5yEGWNWRqVSNemwir0DvHcHFcC+Vbz3co1y+te4D7SX4sre/pwyuaIs5cGRcRBSyEEu8nAJzqd/ZlVFRc8nIBKQvkXZ6zql4MaC232q6cD+gH02CcwVzBRcn88N5v002Q1LSi7jwGVDBgqsCjNmBYVaNmG4WhLqNgZl4w3tYKIbvAhbktftnKDjMP/c8EGS1Uw38xLBDb6VPbjhwYAN+QtbNqdv51BzcPujQdUHt9vAa/3wDa1aSz3rRgmjcjF39ZkJlMi6gz4U3Gj3Jek9WeMAnKdbSDEBuO13ascxQZ5o4PBep6Mk9J6z7xHyydttY4KG/DnDKEECnY4rQY1q3nGHy56D59JQQhZO1RRwbT2cIYmAQyTuUIZ6sVg2harDcwhlysnI2QU1MHjFQK+OLXGhN8MxMqZCOjixT9+DkGYMJ06H/MsomDkczIxOYMFl1PGKL9lypvcN9fToRNQbhGRsNVW3yV9azlfoeMw6Z4hBgMKUsL1efIVcGJPYo/P6XyzxKExW4NJ1zvWlO5H7YfV388YBN4BBFq/Z6/+T1U7o+aGi47HjMF/q0ssDuuqxcX1+PFbdDLn1KrxYvY3Fj+qJ8PbCasXgtbBuoETciI94trWeFn3bB9ov+O7TMbcj131VxT1Thgd8/SbkOkBC8bVLso1aWNbM4+q/42eexXayLcW7JYNQAWM/0WxL2ZNk5d7jvizh5Vm1uNavGZ1tHFcu4q9H/xHsv9373c48He9WxN6+q81XeHVdzi6faj05BekBdmYnHlfacjnwjM06bdiXVtxqz8u9vVIo9cLKAqwcKQ9gsY9oW5HQNsnpYDVrdKRqH8DW4NqijLmjLdYr+8UHlqZP5L4c9g/AfiwtrpRJ97GcR2pj66rv7ppbelejasQvprfl8T3IvnxjqmhUMsoEWueXGs3gU2mPsGtEdhruwya4VD113lVXWOd2MfY575o7AxVwnGq2OW9ZNUphWrABT7HIBel7cLuemC2461UD68/EX/QQ0+Le7Z/vV9cFr7Qvn3PUN7pz1mbHH01Xaq+X//evdcxWJxc29wVUq76mtCisUVSaAZZw4kvrjYO2N4XH9rUmDeyt7zzXINmz0TqDamwmShmz/noFCj2jy/b04TRARoMvN8sN143FM72G3hxTHC2FE9Kx110GZ+wWJ6wvUeek+2k6+WDSYLTeF9Ed8yqnaHJabcEWCch5+yZmLW81aK3/AP9m0eofK2aOYyexOHo8FpetDeUjYHa9d8yM1vtxFu237B69CZ2s6eino4899Fq4kZvXhY+H30ThjKZOfKwZQeekgMzwmCO3u6/JAE6rJfAxuzuZ99geWK9b6yvHqfeA6tEv0iR2kGQM6oanpTN/OsPJdj/pvYTjHL/P8EV6pb/5EN7pP4enOU1l+I7fR6s9TYBWPuyKFG5Bj5bB2u5Y07xj1gHNb4ljZyHVti6UUFIChVU9ZT62ABu9kUauB7R/KYZCmTxzd20z1FfYvhRosdvqpKuzd7YTNI2n035NzpwgurhwNQJAaqdiL0VnH5lWOnbcywyZN9n6jOhw3ID7CPMec9p12dNijrHbd62B7T597sW/oWLBY1m+gt0bxzgWokWBJbZ+uUBnDbAlLxH7zhWUY5xkQZemKknXL5E2znFYWxJ02LMpGKeXL8Fnr2ZawR48atBP6znhZ4XZPJ6H6deUoBMUKQDYMA4sPOIRxzgt7b11QcGQ5I0bps1fKAE92AojHt5OFHw9BqwHgNqlFtYHaXaE1SdaIXUiCtgPKYWnPOz9hhEyYplTyN8Dl6KtTd5HAe19MYPESDnqpuZOi66CaLG7Yf9cvPkhDauxC7k9Hv2QO1V+igGnCxgsysGOdiSFWEfBFU/3+60WH+DGBZj+ou5BQGyOJDDrNZtVzOU2LzmKPKQkH4zd5lB1HOaIF4KdUbJdnqHVGtUFIAUBVxu4XgGI/3YsKD9wFla7TBYt7aikZxLpxKoeU0c5pf7R7dLrO6rGQGZi1hPqTzExEFqctwBYAjQ+d2HGtcFasJ+Smbk6PSZKi/vyZUtEtBzX3XtF69BSEUcc5ekkm8Zyvo+pdQbWbeNiXWWcMBEJtTz6aOksndQtT6Mb2DrpvWRHYhvOHEu0gVpVtlVPLSuvqZVjTlvZ+9vCcP9IJ8gheY1P0ohuxhaQmidOuP2jMbtLryEgtvb+pKelZpHI7tn5TivyTZAvp3Qyz61ErFUurSif0uI5YEtGdYsTJvZiyu9WppgDtSB5OZUg5KW814eZfQTGN07bvAQ20bmj415h8GeLld2VgLwexfLF7xnZsfwBMwDMckKBQgIAgOggakRH10zM4Q6HAtqSEKWchT+f6RkoueEGNP/wcHaP/Y3y4aHX80sN4JIn3gQcD4prQhotLX6AQvZhu/7c/nF+ntxY7Z8ajOx8hR5sEzZJfj7jCyxxskXc4Oh/bqune+EaObNalUUToDfMPI5eYGbFvVu2XtapW2z2y3zu7LmFRPO/h8X8n9t1TNettsibDAxLDj7f+wQpYLWHVJ7i97KBEeBEMBKEDdTqIHxw9kDcgDoxmEz3UQWWGASt2e8zNBHKh98PYN64re7VCwZ86E3mq8WViqo9G7e4FhN6XHxsqls/H/rvUTvmnQBa0Vyirxb6PQIY8mIApGF2ETA5gwfY9y5ov8eOzoClzkzB0WmOw88+ECVYzHpA1gd63otmLSSZJvAOg9nh9/FaDWIu1WwrCo1SsL/CG0aADR77/wz5ESIFP1OQDUPpqIeAu1wxvTwc7eXjWK8AbTWk6p1IKDIXrRdtEG0U2YnsRQ4id5G3COp2e15FoBXvQ6a0h6vYiT7f7cs+oTQPXyevpglnxDuHbxnTuxXfjcudIhhc377ZuzHApT3C5NkaIm8GJ+eSLZsDhR4TXq7VCUbuuk7HgqfdDxziuNx70tb1+IEXbpBrD040ucqcRnJy3RG5PKdxEZG9B+dmyhbX7Y3e4CJXeO6GC13csyCHjlzvHuC1PR3sgOw1kuWYHD2x/8hjNzsLvFyZcZBHzulO4OUE2+3LSSNPNPR04fyeCQ60y9oZtuWCLfmQ+/9PDakIAyyGZCDGKHzDmEBGs+KTcILYc6N4eEEcBFCCQiCT5TELS0KeFqPJLIGWWoq2TCCkEMzIYqH0LReBZ6NNhrtNDEvN4hjbQElghyRirTJxZNkLZTuIKFFijLccRpQph46qYOCY46x84hQDlSpZ+dxpBqqdYeYbF6CLrqFcdwdx1z2U++4jWjxEeeQJPU89hZ55ga3VK1yvvebhtH9xtfuA76OvLPT6xly/7/gGDDI14T/op5+IX35xkzPELhgJTIyHFExJgCxwDUE2OIYiFyYmQh7MCEM+TM/E1EGXmk5DSrZjSVlbc9sRWUOSoAmSoM27qTJoYmpiamL6Su5rPqj04/g3/erdgp76PdWZJGiCNtSyhlqVQkxYWVtZkwRNkARJ0ARJGNP2crPPj9n2pMrG9aw9mHMvPdjvff187lUiCU8M97r/oalguxACLPoMcLKDPJr7qfCZMhIaZfVmSvU5UlqUzougXyygFFFESwIOiw1nPvbWIlxjjJqbxuqQod9WyzTOE3KgPAdhphjJAsEjwYvkSOGNWuKQ7R7MDu1/iWx589lgRWA5VlpBXIUAScoTZVbYWEaoaGGlTVFu7rpxTiLp5iSSzq3ustc+e+2z177uqMBps802O2B1N4F8i+VbbJdttttlmy3dWI3Thm7IDvnucKc75nfKt3ieP8+Xb/GF/HE/yLfHYogd9ttjZwh7dVkyBxRGgMA7BPIrcGqq3JSd29bUNDMlw648uBgCb180mFnxDiZ77nKRc2OcVsNW57527j3nIgC7kkCeP+iSO+ciuLWvP82eew7bGQ6EKJz+He66vfkLeOPp904X8ABij2cPOJ3WUDyhITmVbSwjKyLJJP+2t3IbJWsPzY0nek4uxxwSTn3nM5x97wKP/Kh4YmzRpq0ogPe4QB8my74pVGgOM2W/qpg1fwsYqpyFnVm3JyrNFzBCkVgilckVShVrYGhkamZlbWtn7+Do5Ozi6ubu4enlnyywcXDxNGjU5KAevWf6HlnyAPQbMmzEmHETnfboDDjksCOOOua4E06aNWfeKadd9wuDRTdUQp/6r1BgfnWIXXJCcfAGOGqT+EcJmO4UBWgsbBxcPHx6BPQJGdxMhCx6rGvJzaiNy+nBhkibHhu1OE5ud4c73fUEOHr3Rc/u9rWegxflpt6RHFnASaf8rcrpkpqkpeg0Kn1HQY+rAqdjvByfTgAnnWqlyd+qnD5h4HlV8FW+oxbl2ofgE1t96nNf+NJXvj7hr/2uTyrhCgOXe/J2jNMi9xZwwkmn/K3K6RMqhucVB/C6vo6DyfBdxCu0nfxnEzy0XCDxyNLC2tblMXPAYSV3WrcJ6yGjTqvtk+MCp9KvRQ1zx9OxAJG+/vi9ZOkGXO33/pcLMpep3DHG/MyRB+bPBzbBdvFsLRJ6WyTaapvtlBUPlSj5akkbBqW1D+x3q9s94wWHHHbEMTiCEEVkyDBde0bGgLMjY9tBRCCi6EEgKd7uIEXkGozVVAqXTzzR+ECvsrlt3+UnHZfpotY5M+fcaXntEoTPX/RfefNp+alN/MAxePxGWQa/IiPvEOFRWQfhgB8hR6DXdXC9qkOaFJ5L9ypusuxRX73d2j7c3tsEd+ayOtb6sUIXaDF+3e6LVzZUOZU4mo0FJiuCFJ+z65NZyspiSWwKRfQuC1Ufp3BOKVjxc26q89Q/kfluuGmBp15ZpM1X8tIOw5/3lCPboWi3higUNfHh5sIGo6c/Eotx5UolvkowobTAxKP3u8pxOgmkTJkyZcqUKafYjCHTyH9l0omMtiNOm0GhMVhKKmoaWjp6BkYmZhZWNs4IMC7BCu0KI4ITFROXkJSSlpGVizyjU1CM7/0x0ZqiHsPjnveCF73kZa941Wu7U2uvoYfuFHnGpKCopIxXUY0a41KPBiPT1NLW0dUjRJ+B3GiweGnyDKWgGDXGpx4NBtPU0tbR1SN8Pc1Je2kCFaQezesxPO55L3jRS172ile9lh5sR+QZTkGxGrGaaGnr6OoRdrMp6T4A0ClKDKWMV1GNBmPS1NLW0dUjxKM4j3ncE570lKc943kveNFLXvaKV5vXFpRwiqEqKJvKVyPBXhRoLGwcXDx8egT0CRmY/CYiCFu0g2qVVL8ccp3irUnsvvGASVvbrLvPi4FR+2zKrQf+U6OqgxeG8THSiqrqKzu6YGHaduQVsaOqnKLjFiGqk+UZyCn/5NTdfKVFVU2V01JfvgU8usVVSFahT5myj6cDHNM2jR/wO05Dp7tFUS9+5YozaUbt1tCzcyE38/v0233D+qhMfQW9fsNt/Kw6M6+MO/IXdMPNaF3YS6+81uaNt/7xzr/1qabLgB/NYAa+74msv7gWT5VpdPV1VeMYmIhXsfZ6SVXaFCLFGj3WBWHyszg0xAnqotsreP8Q0luS59BJp990ZbfqKaGBiIldhO0uoSxQHRC6zdC/n6y3BUGHfzPZUxMaA7rmNfs4DCxlAPqXjwFL5aApq3Tj1WvEvednuSri7hnNlxB5r0Ixj7X34SNR+D2oGM1h9kNqeR4eD/tbxdRHvUAnKdqD2BE2ULPtgYtPQMjw8mU2FZoWg8XVgeOOr6/ObBQzGzv3SSdHudU7U2mVXK2aXBv/z7Pz1Dxs7NyRwhax6oR7UAnpEAbuknHEst26Vv0fgrQkzcZHHu89qh/ff2ATIaabAXIIhIuIMDkc9VGIBmhIRk6BoqTDMODosYxMrGzMLOwcVNRoGlpOLm4eXj5+AUF5wvIViChUJCompFhcSTB+BPUAupbI+PmjZVgTbuIWEWTaGmmZdbOszGumzbKHlTax3RxN8kt/zjEHafNvaqjyUU8alSHz+UHDwIuEhUNEQkVDRsElcGdu511C6H3vBdQK1TipWMmlg943FipBKTWUyBUmQI+AcWO+MaUVqRpTFXRd/RhCsTJVXvhXKDQGixMRxYuJEyQiODp0xLEzIUwuOu6Fyj9iQbEK0y+dNHEHhDL1grELsGlm05WqZIaVkCDsbmPWedS1zne8Cfa1XDlF5dK8vCVnjgIxWjjPTlZRwUTSsiY3mYRSvdOraIiqyA9lhMfccPRr47lf8wpXe6QHuJtzzq+WgO0spukcJwTFQqHTc9dU0KCQHUX3ptA5ZM7JdwROxEPN2+4rJrvGs8lNM1tedS8xnXIaXHxaH8VAkcU+v3uGFlTnlgi5+jvfF6sWVU2Twh1jKLtDONnps6GVq4L5pAi0feDVHwKCOhAkCvUA2gOHJULhrK58/q6S4dwQaAyxV6XIFZbHVwyyVmnI5Tvi1VV6FYFcDiMuWiO8kuUSD0UxAcHmeQhMJYbEc2lzMCQUFuchMCQo8/M7MCSEZedmGBLn9iw43lwFhoS2b87ZYEi85sSBIbHcDgZDotqaDUNiDPhfATIGDcf3DmPnjx50J7FxitS3pZeSNsG1eeOMRGLF/dVrvB67bNjfcLP99RSybl8+hEAmzn68TmYtGa03XPxoRStf7JFao8x4zVlV7Xr6GvFJjWEoHw8Xn2bCLoXlRBU6gycSlDW2RfLOPEGmHb7ySYDKAbFu81Wnii1PjS9Gncu4snU86eqcxpT5QHQCdJquUD/M6vSAtvwO0XjdAHeNbss0Vgt1pQ4Cj3YBXjH8uZX6FmhA2dhuqCO1GXiE5rSjZnAgGMCqSSVUXkLu6SOBB0itB6NIpptogKidfRHGPMCwrt3m5kE2MQHE8NUnaMmqZvuQVyY6bVDwtb6IF7KHLwHCIXpEQIZ5YvDw95LAk8bZVX7VLlWh8gov1fHghfPGJaU0dOjJoX3kDB2vtZ/NEYfgbojdfMqn8Gpyg6xcKFfZkN2rdNZg3biSbZlKoAKYnQ8ErzzMZ7G9TY+v47MfyzyEHyWX4EdBOfzIymYqkDnENxgDEYlSllGA7k0mnVxPEu4o0TgBwoYSLMwQchRfnL2365O6gv6uRaMFUfzzogXsPmpqiW2dosGS8TpyIAoqWRIk+8aHEYXsEO9HAiVRZOQojjZ5QGKeqit2ArNA8Q/lhRTiJcfDF/0wwlMq0wts/HdbPYGUcXOHw1LzzebGcRh3FmD3OdKOxY3bkE/k3VpE15rJixdCeeUxHWNblcqXKVWiKOFCtZ+aNw8FfGzB0N9UVCrYSr5040uIxw+ce4rIF248QXz5Y7RolefQF7SBg80Li1filfie+I1iscXtv4f3ocueu0VvPbAV4sm9B1bEMVWAgwlDRRoStseBT4D/zrXHvL24Dz1nHpnVEbfYZ8MiJfrA6JRzTaxIqDKSDm8wuAvKrSSZph5bjMB+KrOFnHAIFDC4C49M97jBPgv5ycd6ZqQjD8G4UeUENUxpGbam3dNlsat3WADlfSB2W7L7vMLInsXPV8zos45nv3+Cj/OJA4vK/MRpruyIO3yFi513/pRP5ehC5zj2qMNMMKIJ2ySVT8U105QT7+Sqyyw85/SL+7ZMO+kQPW+60U6F9sZZfddfurrKKuzRlpqov9aqK2+4rnJVFdeRi5lS/mvoUiWIlkg8sUQVabB8kVy4uGMMk4MEYgsTedBsyxlKNrEQ8cUWTRYzmoPZk8Zoo44sKRGGFULgCYonptAhODR70ElzxgzZ5HVPe9CdbnWty5zvTCeab5qxc6R8YNaUMTYY/5cgSogcr5r+rIyrV/vUrCoVSS6JRIoSSUjB5JNFWkmF0D+ZZpQhemihmvMcZhfbWM8KqpjNJArIIJ4RDNNFjiriNKEGIIIBChcMWMXk7CjvrQU1KIEC6YgHFxTXhwhJmGTJPUcRF2kXb+7Nl/m3kXAoIrxoBkpShKN+vj7i5enhbm2sElHEcTuO61/w7muVOMqUU5kKizlXMzNTVVUVEREhSRIAEJ7/KF3atst5Zyos1vzMzExVVVVERIQkSQBAsZZiMzMzs9wVJ5qqqqqIiAhJkgCAGwquqqqqqqqqqqoKAAAAAAAAAAAgcwAAAAAAAAAAAOEAAAAAAAAAAAAAAAAAGPykWXyfiZLYSVUZYU56FCkfCy0p5FL15yZIrPdzvFcNSilxFC+D42Vn7P9FXv4//r9Fuqupp7s1lWVRBOvmfYCb3Xy6eVp4eLi5y70MSpIkCQAAMPigdcmHuf6pn/yFn+txT/VwiigUPeY0/A+aET1aVCkV8wtzcro1ynhgQJuMclEiyeIhw0Mjhp9V30TGpJyDzecn9hlFft+mxjIJD1swplezSo8M6ZCVEkMgEQIbQoGHQngcHfk4VXLE8GNH/YWypo06CSZavvVLq1Om0KOWTOjXqlq5YV1yqsQRiUDkoKMiQCOCBwsqpM/g38/B4cYIwxFhPFhgoMAJg/x19R5djNuevtBmq/M7flDGI/u0qFUqQnLSRJkAEize+KHRIUPIUUok8GNFjZwwLjhU4ARBuEclw3P3NKhTq1K5YrkypVGuOV/eb71+EK8iNF51iKrgUlRgyOP2WUFRgSHv18V9Fy/FEODjFXeF+AkRIkSIEMGCBQsWLJiCgoKCgkKgQIECBQokJycnJ09539miViBeci9Mi0CB5ORDnp2iIS71NEvZtbmKwldzJkfhYWurKTh7vu4XKbkCdnEG7LY1zHh8tg4gHvXqjFrAy+1UXeXpZ/zcL/FJj25HuF3evXgZIq7qkh0myp+Odix0t0uyQ6Yp46iDQrO7ZAetlceWD/ilS3bApHMCMYDaLtl+E8bxBQCWd0n2WW90R3EC7++S7YUPPwONN3W4RyLVE5JydTIqM3qjf26uv38hYdUiomLqxSUl1KlRG9BRchQFdqPsNLEdHbZV8sB/zObGjIgIsDdlfxkg9gEGGA4K3Vpp1SiloRJlFRlf7jygSw/sWCJZAhD0ABNQBsE0BRHaIJinJMIaIFi1IGD7CNYtiXB8RLa1JJnrI2V7C1J4PlJ2tCTgtyTY2TYRvZak7NaSaiXTkfUJBkAbY9AdyacWGlg8pZ2KphEYYeu9zDhb3BdmYWVjR3Nw8/Cq4sJwRtAhCSA/GBEEhWGu3QkUPa1yRAvi4uhUwScQwxJCBEQYNKTf5bRiDLPTN4zqYreutYVwru8s9gQfCEgaBPmCZ5sI0FeAndoS10Cqv0S2lN2r7OpTtuXjbE5lRqQixcmnu+c21V2PvlCTpEKowtgd4REco0LqnX7DL3iVl3uEKx6OfDuOg32wx1bzcODBZeZpjvTzwjXnKOWDS/oIDKrN/LgiLRxw5vDTgYgeVcd3tYl+r8/PRuj1Gun6KRN+E9F+8FvpLpN5fPja5kD9xPRDQz9LVksf8v7WTf3Xxov+Y+9VX+p4Om/rCy73nmze5MnUzONzWg+ffuD06Xv5p2/33WZ7l+l6wyBntya0cOt73bqWq6ORK6k/1+Ty/pIfF/bnN2r9v+yf9i0/yXhLRAh/e8nopuO4Yo8hw5OWE23sZF8VQMur+55ND0t/urTbHlRssUX2T80UDR359ly4Y7u1LjktLuwbZ3WPX98H9WlV01Rn3nJSueq0dP7pEnSTtEWiFmpSt4CqxNP57n5McTzJ5ZDNpcp6k8i/FggTTGau2TwUCu1M1xna0NWzMH9YacUb61Hp3od160YTU2sPXVnX4CgK759c7kNjbPDNPuiICHxa3tPTS7KAe/VF/gTzXim3wFrn1UJzMmvrarbj+oC3BZup+etRzLxDU+nJud7rT69b8vP8vUjNjHQ0NiMe55q476f3Ytp+6oaLKa9yuffTA1wsWDS5UCWTtr4c/Wfi1FSvbhoe8NqSzU97inXU9vZYYx1/Amt+KQtU7etGAaNmV5jEMP0FLBl/AotpLMiy/KlL1/WEXFBdoOYyxM/J77D4TCwLjI+LQ6xM9qH5W5mnNsH0GZJTUjOzcQqLiIor40VmGYUQy20UJVa8HZKpZcn2lzyHlDmqQo2zLqpzXYO7WjzyTKt2H3XoNHBXXIlBV6edVj3gB4UPIpSCBwcBcOBn807PDeavMV2RlvX/q0GQvkL6LruCqqZKObOILjsS8UC1SpUzr7tGwHxswP4AfeLAgYAs9R4ihgTxhzmpp/fW8iPeqaYsLm/d3OqIjxL4WU37QCRY9UbZiQWsn6mLPKTsBFWyLJKTSkTqiTVRAJe04kOtzUBmprYDPwHeSaHAV6HMS+3sNlojAjJ88WPNMK2cUsjKRJKreEF6sjwiea4iy4yh4JCkkEmf3DACeiiugmN3C+Gzk32uFoJMRYWgkTmwt1u5NvsSGYy1lgtGQj6ZYiXS7L73NZMQ2ciD3ZIC8MqGuzopO9dcJOirhwnvjS9Fr6EdImNhDhuFtExQvyF5EiLM6F1nBJwpzHgB1p+hWAkp5/A5ZdZinE8k50Cte5rnCN9WQ2oFSaykOMjZlylJtThMm5alTxYv55t37a8cWESm6+WP9gqXCJBlAgj6aBTwd+AxwP5U+5HntPVrstsdnbp95MjW4zRbT9mxjJVaxrVQ9373TG3uTI8+8/gv85c97QBylqUZv9LUWWbSsj7MbLZ+2e7M0mL6cqSMOabauGdN/5f//SfeeMpfT/X3Uw09TcNzLj9vZOd05hWevDL5TdRvc+gdit6j7H0aPnT240o/rehLcr4u7XsyfiLrp/J+KvlnKn+m/udyfyH9d1q3ZBVmB8xNmF/AG+CeAM8eoHpf+G0DFgID6ElbuK5J61T1pV1ZfUVf27tGv8gIgzO+/PBoKDAWnShMvhHJTGdmyEPqw+nDhSOKuP5o5xh3fChZPDmZmW4/vx38cva3p/786e9/8Ieb27/8x8/86eaOz/7tt/+AbI3din+BMxP/+e3/7jj4r5sPHf7erbd2XX/kjiP3HDtwfNfx60/sObH35N2n95zZc/bA+V88evaxW67e2P33Z3t7f/18foT9W/uPD/ztxb+/lIntsWIKE29qJABQTPCfnaXqGTNGZ+UfQ9myDsd2LM6tbRfiH30dsQLg0Q+JFSGmjz3ufsmqjbnjof3Q7kgqLvxNH94/PfCDz/NbL8YCq3P23YFXqQOMr6ceVg9r8r0LejO4L/AAF+/YLW5psOEK2Frywa0Btv98vRr0+oD5LochsAGHL6386O1PDJwKfuh3lbYEFnjsfVNVyRLA+/8UyUngEbnSKUVbZSk/HkJsVHgI0swAAUHQBVvbQ9/5G9d33vql79zVpJ5jGCYaSNI0u/SdxTN8Zh3Ye0arDglG0yLoMs1J3wPu/vXHx14uDPi2ryefv5nsWJZOlmozXo8HlcofpbVrkT7h/cE8Q5HNTmLsZHPWidW+0IVtMoqmxppHjV4A5iZwk7hZOC3HcibOxuVxUa7C+uRKk/Gplc+skueYhgQswJGbEpUxyer9YoD9gKIo7qdm5miOWXqIKwIDv1PYc+jBxn9DX+SHex2PX9hJI2kgzwE+/unjabbuxy4vpC8cH82dIz6a/9G8D9fI1vjqDVd//C7aDS3vdWyi0GseOJy9XtHF/fZ1/RIw+tXPFVrxQsWoGofd4noe60sheqcfyVuLRIgc5LkmCubRN5BZavfDBt+NU02sqeRDPreE4s7o7OY+/Ij0YGyRCl2jaCjAW8aYsUuz5yh8qlKZNi84Tk+nsde96pDzXlfhMyelZBR94einn8KlzwRNQ0vHw8vHVW8eqvjwNdusVHlZYaVV/pDgP0/tkiJVhp3Sqe1ToNB++U446ZRjfqp3i1ajm270rxq0eeOtl7rt1WWxOwPg3V089IywVELPhhdFMnsHe4MhERHuydwJYaAXBOdsY4UTA9sLDmcuvuTOsk7lbF7AOfzNnWvjdpzHx9z5Nm1wQXoK/e8WxjTAWAMw7w7QzYP9nk7gqCsBe14v2DkDYCcwlk8dsyr2WZa3k2bTRqviogUvCkFN9H/azrspHogU5ZqgBtiqXXdzPWyeee9ZuB+d0zpIstBraq0sKv0z6TZm5G/FWhKVgJAhEeAN7Ygsyqzlk6uDIS89UKLUTE8TtjeFNhAttCMJZIqRhLKB9i4hmtIoLGfEn3ZUxJuRrrE6XXmXOIlPSii4ulHlpdE2iTjCZSP1uRqBjEH14+SwkwMg5UBRgATFufWjPR8ieLwLdJ5I6aNhZmdgw3xhC2mG3v9AWtzuX3DGEFz7NMDpgujjYD9cZqjpFLoprWiSGMGHWMIGLGw8CUK8qBjMih2ng9plSQ1qkwemFNjMa1YmqLpcl+XTH3vvpanv2CayuSdSynkaUTCiWeaZuqV+oVRXHdzN+2DUDjw8ls4/GCyecVrnDivSxtKBFx1hEjyRF0Mzm5ok6VGAb72rbrf0leUtlEZPolCdmc+ai6IBSe+db5dnSZ6Yy0ouBA/JYga4HPPiijDdkYCRgdA05MFkaH0O4h0tmpXm832zsKNoQIZ7oMIAc8VEEbKx3GctL/S8Xq6Lfcj9IvS369Kk12Vsn6pQBp8Ua5jBdbbfsN3/z92KiqaBbEsd+AWy7bPXoFruYY5a+t3p9rzn9VdI+SdyJCyFbvnumCQENvDyDOaYLW7uIFFIsqNkPiFhR1nsECJDi2JbHOWRFjRwKOvsbPDGHmHdDrGSTuS2rFOftjXiuXuRowfT/SwOzCqUbj/xULgb7BdSdB/pyH6w7/aid58Fkse0/uyPMKvmUE2lHNNPLm+60FTzIJPXX52ktuvpukmzFN8666wv9slcooS3xbpZbjfPL3ZAulyVNUaz2E7UsBTpjdTTuHa5/tTOE4JFyJjS3hQtplp7sr8N4J9cxO5F+9KwwqGXYZhh3y4QhliZBWrAV0+ml61g/Wh0NPtRXz6FX3AjF03nknBnOEqN0QSjPLc9ueehLBYhbLLqlHyCc1DvyK2vbzLk7xHbz7njTME8ZR0YhPQMbAO1jLeAFA/r9YwzLeeiGt6VgFK5U/UBm0yUqXIp8nTClO4abyWvJ+7snll3PoaAhBP8dCW1jdFxoG1Ug+SzTVAHO0OfD6v7eDkbSHMO1D6K/NEc+GWkJ9A+p6sLJBZUW+WDCmTRjbY/fri67U0jcFztHPMusU+SIPJ2SHdmhzaOqxPrVV6w2TskRJ1QSLbLszxaaUkv9atEyG2HBnKDN2huCFZ3281Rq+9Tt1MmM/Ux+56tZqvVge+r9xuktVkv4AuD2R2yR7cmieco2VNDEI+7hXGERyla7e+A2wJQbIzZFlHkRxH1EkVFre9c1jb9l1fwwzVTbNMzxcwN1DqjAY+0MBYeqR+5sbGbFZjkhG/uL8kjFOe8L/kBvHGqpfMFaD50W979bQPklBfxrmEmVfVM9oPB73hI5cHA1d3mJW6q3ayrN7c8h/NkRnVD+fbwTyv8HI2O9soomMUChJCDFeckpT5BTZcVsx4G1uDxPNDiRf36K2RIX8rCzkxnmNtnl8fW0eJU5CrvLbQpSi9CHh3k0aKvmcqAe0hV9a4+7YTCQtdccmYCirAAovLWqRa7vLdk5S/UBuGrWqtg9c/ndEisT9M4xdhsufqBc9Bo7kKnIQdzuxk6nLpP0ZAv5L9zgMJAIRRgOm5H2XHgTDufZ6oFyJb4fUb2QkkY4CmMvOzysXC/qxh22QPcRfcWLKZ+OC2t3K2aNeEZ6Hj0wXRkacuMxx78ya6Zd5KxAJGJ81Wc59jqkIUB2W24EEdHIaL6O7cW8hYybFcpcWCHrKG41OuxShTqPlfs0/9fjKMx7WhLQLMrj39dLRDZgM0edR6vF0QcljoNpclDjvDjuyiLDcHtWNv+BoaPEbe9hndBj864Hm3bZgEDGiT60Wq7/33XFkPt8KumQecPe+N5vxkem/+FFOWLB+QYfGQh9JwOB11ncyM9AKLPJuQzHEIvLEze8YxTovFEsbPY2f43fxZH6jeWLCvXbBZGtqjClFqLYR7yLTxzUozV4SdUxiQkGazlgBPDHSUouRixE8giwdhwhOvSmUdXXpUnEqeSBuvOef5Tsw2enrGNWZ6ZrqLAyp6wxypIiOvjuGMNXXUk6dxYTnNqbbI5GvIoUT8WGtG74LyYYCW2rafrunolyYlgHqvqb/P1psB9M1bMd4WfRUs8i4VYAfLzw31ON3meylxqBjUzNWnrrxmmdK2uJv3l4OqvApy4yolrnEB3Tq/11013g9awziS97rInlVJxwlhzCuchylHX+RCoSu8fwQw3zTgz96XCfsATmSQnPL2hfJxjs+iBWKF1km6O1A8N+W1THlkGXkB42M0xafK7g2qaU1Gnwfb/MmMNWUmM0gz88kBvMN7CsGRSAXylXijsVg8lVgzOmfwOlL1nStnMNYjyL51d1/KgGn93W6g+CcD66Qw+9fiQP54tKUqSQivYeP//8pFF+uwZdBkX8K9hEyzcy49CTNRlvyWEIStjO8KgdQwhk2egLYnNKS9TPZgI6ks7hO8kjfJw6LIHtdhkoBJ4oPDQJKf25FLeU8c7wgQeZBTfbgV923dIAPexdcpEXNINP9jvAeQmnlCm504RvDPxs5QDwFdjv3rBYOfUtcZXJo7cV50iypfSgQ9T7jiV5MQk5mD9uE6PYkVFwHSaLUJ6PupwppOsYe6g9p/pfsClahYCFtQcmxhQB8AxcU106rNFhFdmf9rSarPffbXuXffa67rffsndy4HH6xS2trX6IVavO/b1E6ksjNHRgzOO+aGcyPm6ur9ABK4xfTPcNLMd3dicNeM2VqBo7PvM5XOPer5zBzSGxS72Tz+6MNb1ayfYlOolIpR1bzSNm/Dm2ceIM9tb3Y2EKCrCos50E1n8rB0bYn0yfs/pzQ4HlALVuriObG8q89OZRZccfW8VjnQKkD/w2LPIkfOUbBzN6h+XVl98zH00uHIx2tvvqEtrXXiqeYAFM7sEuYmEAftAZnrzj8hxsnefR1kdP+wd58ejVSyFVjwGoLTJ7o71pdbt7WlQLRrn2mMxfWpPppK2fA1nu2qzN22xHJtBF3YgN33J7tSzDcB/I/pzXFKU1ke1zP6ie4eDnvFEWxhw225f/iCQyshtj/+7YbjX25/8D0QKP9n4/8bG70il1Ze1VFY/sEwj90uvK1v4TUkeaYP2WC9dQfQVba/sdQ2nLtkP7fE6/B2pFMaeXYf/hx0bbNFuv1GdZ9Hcl10ur8m/n2DnKH+sJ1oEyDEdvf/2Aqjn2QPx/Vc+tPe3f7rdXweMOTHbXs7TdLSPtoNpYGxYs++SJH4yQ4RSZ0bC10IwS2s4ggO52UlT91PG4/uEo82aOCKxsIYoSunE00ojiDJynFbTRAG+X6g59yODUR8+Dka5H52TXkB0FEmmLWSz5iRSTiZVsy1Se7uycPncbNHy21pNpMY1k0KSmxNn10klUx3FF5BA806/4NCnmtylM1Ny8OqhEUV/+T3oxEHS67c9lPApe7EBGBtmgbFBwklq+6+92t+//8ftiv+mpv/8f2QtswL40SzPu4/2Rb3/qOdh29E5xRXMgVLJpEXagjWOKE2hl7tTy29qC5fPzxYZ362sLpqTSBa0Ncd7w7qP7jdf1yKmd7YCUjGbXq4X0gtsnNu02WJxdvTKY9osrUpXnyPj06lynXW9de0KBA5c9sckFqcqC048+fPYQOPmM07yI/xnRBgJgm5ofzbvdE2oEboZGLtPgv1iBLH+vnV+S7xTjoNs3v2hMdtJ7iA+Zd09bA6MDceZ3qDZqNRIA1ljifau96zYlrFouTinx2or0+As8SzzabTFr7MxKl1SsUTlx4yn9cT5+Y9yVA6lyZmxcSV7xb4l5d7NgKf7zOHMbAJBHTuILdy6LHPF8WU6VwbwA06CIW6InnM7Ohj18YOy3I7MjmluaYuWz84bNUoa7e1KaW62yLgU2Cx4jw1SHj0F2+vowpb+LY1365RGE6Mmc7e+cT4O3hk/0ftf8ElR+k2NJv324+LR1D6RooEGr+Vy4TWN1LwgIPAA+/ef67m7+/fIcwfu6k/uBhMV71WkX5/B5cey0V0DtYp6NKKIw0OUNeCjudqT3H4rox00LjzwIVlzbKX6zApmXHoblCPuRMTkUfE0nmY71WrKf/pqcP7XlqLKE6+TG3c+TS6bXJp9zDR9RqERNUZQ07EUkbACKmxxnWsMLhew6lNURWe+/g8sd3bvT+pfBMbus8DYHWTU48urGz7vvj17IU3YOxarUo3GxvSmXZi9vbvh87JqwB2OB5ySbyDS/g086hw4S40cX3J4eQBc0ogNpyFnmtfhHVrt95jRbSD0u761dc42t2i+A/mutMA7tjrsWUhtuP/KtRYPmWpeWK8xPFyzdNw22uuOss7VSuNmYFLNv4fBdqccRJ1jwuYHnaE+mLBY/+j/jS0UHSHywdwLvW1iWtc6WeDvL1Pu38714350uxfihvBnlysBN94Rlf3A5UmQRmp2zSK5Sskt3iTnJ8eaWceDMsqt+7EnUqz1R5CjjY8aCVb3m1a5Lb3ug5XUQdEdOvTVAdIPbmkkw1Tx7kwRMa8IvduBvCrBtNDslNtybIAoOYBCk/phCdbDMHdxk2zMJwpWv6GCGrWv/OlEm6kLk6EJ3tGeWE3GqdF7hyMtheZck2b4imwXFAEeEkpO3gb+1UhGxNqyi3WEvi0MFjPCLB0xUieWX0E3xZPbo8Vq9tBunhiV5kwh4Uc917MKSg7j5ap5ekGTZexmqBNdntcOT+QNhejKGDf3Eo9Tta4MJpxTxk1MrCJj1ehYjH9cEsAvXwi9Y5nEXuLYZwmhM3IiqreCd+dLSvEYgbflyCgwNkxvg3ih+MW4jNobunyjicm8pTfqejtTa7Oxs7lyzLHaDEmyLhl7RK3GnayVsH0yhFCnwQo5K9Gm7UVD8dLhseJl8c+mNnqDm4LCllnjh32P+eGw0OhNwdkNcszJ7EzMiYacbFiMHT7Ij3hiyNeKECXPYzS5g4SN7mZd3tLJiXyjmzpdRjEOzbeDbJsGxobREcvNWEEJntqZpJPgTqrV2CO65GRJbQbmmDwXO1uXDXJsut41FC0ZHi4wfrazjTccUlvGvLmXmNi2lBmciR6sFInFDfFE88vDe7hJSET+Kj3is55ZUHwIB9wThXua95gtCL/H8UubEHQ40xLmt/vGZRcmkUW/DOKPqqcj8pI9m2KKseT8oHjtcHHNk7U+aE4JMl17s6jg+9iI8r9bGbr0Eiwm2mvt1FhBY+mhB+zatCSdADeqysNO65KSJXXp2JnsHNxYXTyg729X6UvhdLm9/54TpcXSQYHwWP25mcOl2qZcWjEmUgPaX5oWglU3hDOjIDVS30TNcOp1oOC4TIBteuzwsPvxsnWWGQRgbJgGxgbzIcfionUHgJWzoRB69/yNgT+J6/jxiopQvKp1l5XS1oKZqmxF8OI6mMKBsm/TH5WVyXxiekRIBu7e9P8BkcYiZGGYPN48sEuEIwCyHvEDQdPlXKzvfpmIZWPDxUtffsM7pU05mBOZWZjZJrnU0W8/2G8Hy8Fo1DKQ2mp97QYFu/vUDujSrmkqxPXjpHnHG8lyanTzmcM+8ad7+0ujw6abWe1JiZZxX2akvzvRipA4OekEWG+TM4nMKbeIHXS1ia5gJ+bWJGBCaCTGuqMe+q07WxWitOZjjLycTnRivi2lyy1NEpeeWBGNjeAR4qz7t+m3NrXmxGe2neOA6ccLM6cXRCVF5wQ5Q/nqolGJE6TRbGJhjyLt6EJqRU9fj7ymOk26u6m8dDAan4KHyZHJlfWK7OYKCQ04Jwr3IPf0rZrGEsPQuLU4ppP+KHbV1qYDbdXA1ixKH6/TO1SiogNqY9tnhKPmtgH7Zov1OUfTrhR8uSqMSFKEo8tSeqfjgv8qttvrpKsuLhC7Z4XXi2iSLV5e6jCWFl6f5WoEnmqnhWc/tjonQa8wsUirjrolaZ44u+Ic7J4LFc5Vvt6YsOMftsPeri38XyZV83q+fDxUUtg/+n1b7PdE/MOkVL6eq3E01finFcmtY1ufZZSrBdu13+2AFWH4IgEQR8pAtS3RUHMnkElpckMJ3VHYpiBm3Z1rXema6dxfu/+C0km1rvBYVzimNpDe8xfQqbz2OmXwTHHEDVR7wYbpRGBLkgMu/7/JPrcubJ4xduAKZYVBVF+MGSjSbgtwWR3bh2twsbBbndsHTDSGeWBsmDeePlAMOsflslOKPNnp+zmdJb0lSbXhuBwGA5dXC08qAWG5lfyt3hm8rZYuZq0Pq/O/7mvP+3Jpl5ql3s5mqdZsiS7/9dG1ATZerQ77/uetZQr0/LTq/+OVzR0pujhcT5IQPlOTn51aI0GPJcfvGKqRANZdsEKbD1ZoQ+dW7rw9EBgUejP69MyoZ4D42WeaA2tAbCxXbd4KsymHGXQ7VWAm7yQEOFfhqqDSLdc/DkBGng+PJDYSWQ4tLUu/fjW/XnYoWtG7Jnt44zpJRWFabAFpe+kSmuXAEmQAnxUcu4m1an1e30rvKK+IAR+NukLr69je6tEKkM/PoBoPQRuhcVuRzTBoM85xBN9+ODFM6ghXndJmGZ+ay1p+SqNCZDvEbS8l7CPiLuOzp6yO7Iv68JHqszo6Jb1IApo5vW+nCljfv3XZb2d6et7NFLC/fWsnu6nengx9HdXk5CzVVF+XYch66urZk1STHHC9Oeuh4//s4WiSbHIF9QnskXyyZfAyKoNVGEqktDCMxlajUWrWoQrl+V8zNZormfLjufTtbU2nynUYvulYH1BZND9NqJhYljtvjGUl1QSxhY1wZi6ZTlPtxmQpe5SciohIKZkAz8gLo5MqglhiI/zhpfLyiTsJ5boLWWkzkqKKMamDqRCijcPuEqrK515mgjzvva4LaM4n8uYcI1NZX7F3DMB7zgBjA2BalF9PKphcJj1ijCAnq0OI/FomdadQxNQ3RgkxdR4TE1acp2v6sv0nV97U+ZKThiOLtdiZ9IaSx49LgGZOzFFUW0f02mv/J/jWGy6mFxeeTSicWCs/ZivSlcplBzWcf6ZMC7O41d7kksXCokeNuoJnT7X6Xn4Dj9kaE01rqePw0XIoR+CrQHDprQ0CcMEptjf9x31mwo3tADZa6F9JSo4rhcTO8jQGZGX6xuKjClnu5NUkTTnNiWJSpig5mrpxJQ1SnkbuFCrLjr+S7DqY0ACnyKlMZlETXiA0TplFTCpZ3gRPmKUqI7BSIhGVoQqjM4yOyqAvymhpQQRYYFF8NqFwaq3ihHW8rlwh69Zw/502VWdxq3wpJTeLih416ApfPNO2GUWDw8X6/dHm184R/OoMF9MzZtG5gRyBnwIZxWipFwj49VxmqyCa1qLjAL3f+CvZ37512G+8b2dU8RYisVlLWX1yTiNxvI7dcyffrlrw9M3dnZY/fWdu6ZpYVWyi4lWS606+sMUrTV8EhPLizdvtBHRUq9Nm5v60Fk++0HVn8ou8WHGVQ2WrMx1tFwPbVCzMLY6ZODR1CFy9T2nVUT1cY/vmohh5iT5tp1fETHqlECWqnJ9n1SUxfupNMLsYOrrVWRmrArFixYvktv4E2OlpH4CfAoeiABRZ7LyZLjuSE0+tq1VyEQ+6un/3JENxwmg6jO3lTQuC+Ys5GcEo9+eJu9AeqqioDb+Ll8DTH2RnZh+I4jTy0P453Lg9bg8WoghyTCQmszCcwevGl1YS5/JHWlAnozIuh+Ep98jg8klwZqgHFoeefg+jUILVA4ORUXAWzN+0lIhu9XCrhuDHDgp5QGQ1/cwJiuZXV0NbEqLQrohtPBUHC0/MCEaHpvviko0Zs8sKFWOnBIqy2cTUCZkydUgU8lst3jGZt5pzVfwketPqKuiuBDbaTYQfBi7ODEZ58cnLvGrF+N1L58Sp4zvCt5FxjilcLJJhUVBzB+4u6UYm5hAIqjHSvmxmKKFZAzXP9GZPjBXdKTsFYq25hzJ8/c1KmlfNLCZ531jNByInIMRdjytOqW+ApyogRNfvfgaWr3v2ElBZ/ybqV25e0OALD/U7f8KhCN1jjvLdu7yoBzeV9DcfyOob14Iqfn2WateWZnWrYrIqXQ5V2gsi61Z2aERSzWQ5/0mdVrJ4TJUnKsH0mLDad4YhefBIcoLd9XfUjDd9R//PPTtslnL8fNzmQ0fiNp9q3yg+Rmuzy3O66NIZGp0P2u7HxynIQfsU+aFaRRCHkcMKr2UJ/A5kxYPzpNigN8cYAp6+YrtLYLsrbO3eLFxwZNbdYavnW+vBU4X6dmzXYPRzjUardQ3cFqoL7gi7BwTeELzoHkylqgP5p4tki8WlxDitzs9bUMsXS4uNzUKRw3eyVnD+qrJgxUFVX5irvHwZW6Iu9MtKSTy8VCu4fBV4YG03L//DpcuADcGTYFXz/vcG5pQDQwMmre/6BvqA2ePaUr9ne3vrP2Nvg4wRAawjtazCAp1nuEcJPyVZQy8euCZL9+4NquEExRIn6NorJFG+1yrotLIWknA4YMOlezYAm2nQ7fxpgh9PNN5uPNeqb+cAteFVu5ZjgxFeUeiSBwtXWdGbeD5/GkQaVubU6Wus1E1pSCykweDprt6qXljp5FAPoCWcGzgXtLPjbAfATe4fHhgG8M7sgHJYTi4VhASUyHNyojoLbTjYNzgwaGAGk8nBQWRScDCJFKQZctDPLwIJBmSV47CFweBqRf94f6gROZxLD+efH/0EfbVLChi7tEgCQRlOw5J/ukRgeZyDS1TMXRokgVQAJyGFL1xCiHQgBMEToeZ7O9CjoFeYYJOGBiVCc295ys+39hOvfuQ//AMcKTUNWz2IK1zfNOm44qeaGY2rw0x6vjheSCo5ApX/mfwkUfGVXFV/OaTuOrUy50cixdv7uPyhzlQOCKm/TK5SfJUzwcCz+QZ+RwffkJ+valRTOl+ZBR7mldSqzisU51UqVrlLpbywUfEJ/zFS9m9Zxb9XzdY4kp2CCCGhMAbNzfnM/I71mb6+MuvMU+D/SH7OmYWcvJRRrkxvJhqHRFbEsvB5WFxeJB6nMPZ4llwIIYybitJ293JT8hbklay+yg4rxeKiwqqjQ1VS01gdWVb7SMGt6O7u6FsFBayyymMVbD4hIDDg2Hub+C5ttzburY2/baxttm2cbdObuDdGZ1g9LGCHCo9p40W3CWKid7fxYwR6Pn93yPDb9GXJrgCmnx8zAOp1pj/pLP9WhwbQVxCWH7hdy64KoUkZsUni/Z7MldSV8Sbv7JahOcQoThI6tNPFnigTNLqRAvNsJREoKd+rN2dVaSkDryEkQ4NYvpJjzLUxJmcoq1JhESGiMNDzQOHx9KRTpeVJp4+nFRYeS0s+XV5qVBxKXc+UUKBlVGpAeRqVyUiZcho1V+mLB4h7bXvAdtn3Ey5sp60sFyf0VhcUMP8x1NFhu7tk+X55JF1a31Rs3vGDzObicIJogGB7Ji1jddxXSm9UaqWG+6qOY6vPU7njf/Pz95IdiIyvsRJ1utnyUySZMVIaNdgvEhewbn33T5EYmhsWHpwtJmKWOiFhKCm1/vLB3u6JA+6telcHUXRSkiiVHRnoR8AHOK3vQbgIk/ylITtCMpNwCGOX78VkO46/MK56hGCme8qzRdORbpsxJy7YdX9jbgxnIFztsI//BvZBo54ju1feK2m7VgBWJJQVME1//vWwVVBMBAbHjQjqlR2qatRPV6Q4WCADieJoemhb5ooZHdjUnR/fsV2YsgQzbpPqH0mJD/fxk4QLSAUkckKYrxcbhsbGB23qAxh+aluoMK4xjJqMQIv5DJPlElNpHBkjSOsKA08ixoYBrQtU8tsOGC5f6rqp13fdunipc7FNSyI0VFYTmkj0L7nNVVWEerAxwdPzwMFV8y2dXWogSTd3wYewvH0IAT7+P4N7M9rVOapd5THO9jReXlRsqtwEWwnq+cxyb0oUoTuFZu8bQoV5Q3FoMquIFYyOgHpW+HlwnP33hNGjSwNIbNmO0MRgLD7moQl7FSOJkjBUDvjqUpRX6jzqQszqa9p/1N3uFL0naM0m5wdhYjz2+qHdPUKpxPAINgu1ZlpaZ79dea4Ss+HQigdYG2eSAoNWkikklQYH6vnemRsTaDv2lbby5lujeSRlKEVsAu94gfALIMaq1audxMFwbA4Kk0dVdB/Ule1gsXeEUdlwF7jTKDY1Kg4URe1ZXa+F1XI7QClfUBNCSkL6bWNitx9Z1Y5MDNuBi1MH02mFMFxcRDgqoWiVHrPdnemPpCTVhPDVaEI4FEZHh++goWHQyHBMKhQd4u+PgAXD4DB/f2QIWL+KrAwlp5ggOm/CA6D+pGCPLKYJOjk0ApuLxuRTmJSymkieUYlkfSIZua+ijXdqZzR7pyfCfRvKEc0SoeGMqIhwMhuQil1LXJm3lNuUoK2/wrkCaM4XQ4rNlpZASkCFkuNyvuKYB7J5h5a4JRe1SRfe65vWjM+l/AChlICssP4NVfBcwha4ttkDgTq27XxTLukHIQ+8F3l98j6UAPFm7EKPemFlxS24hr1lakdsGQNZzaAwUFWPAqGohIGomnmQ1SU/MMpI4SkoCjI0lUKEpyIpqIgUBOox6ZNayoBftGNNUoiyTSq+6Jwv/ukMlPIv84weOYP+lwfr3euBq8bBGWv7ZJrFhtJNRUY8Si5tG2J9Y+T69bsIBUYxDCmI0smPTXJyDL86lmWVpgTNtTHMGCvdjHqN3BgrGRD9XLogMoEhYIgNv5J1SztBr1Yg7Q6cR5pYvRZfvrQuGwDXl/raqczO3s7eftemgz1lNNBL0IVeyAdpQOLOFAsYCQxBZPpcJQPS5t2Neo3cfalZ1ZxLWUppln+jHniDdDqggAPCqCwViT+7dbYAeVDnqqcAumR5jtTpdnaZbUNTTOnSXtoT0OPElgp7U+5ZkPtkR7e3d2E6vWEJkWU0cNCZv6QjHzx2RSfjctoPSSVpEWePaPqmqQUCH1ktsPZjglRksxMy+Z3gpmU+JhN7dc1BhPIR7e9yjwB314TYJtpo2i2EwfrVsDWrNKUs/u8qs86P4W7Za+m+nZH/97k58OJRm1uB0FFOuKxjdllyacLfSgi4IbfHM2NU0wHGVn4YjJ8iNIe+LsytLAXMc60CInvTPxIdACXd3y85B2tzjSZWvTMZem+yaqpuFFhY9uDzUFgpVuLZMYOPVBBkC1KFXhjY56FQPD5QQ/zzn0hgmfilClvVfdpSp9BFULbAVhIHwB57qiJ42Nl5KJhh93Kpb1TcUj6Jzs2k5wOfl9/Xu9df1essLv5pAfKW/Qn0JmGwCa3pVZ34u8S95NVAMnve4uIjFi5u1HttUJ96V83ygbDOEe8up7A2jkiQYoxsBTJyx5ELoIjFxMViSuNwzPB6p6lxsKM86lMQb+2K5/ePIj3q6RXZcpIXGqqPPg4qt5by4C9vlPLAiS0SXuhBYSoPrGUzHY47hFE06KN5RsG9e4z3zLsIIoEA0LGLWGOK/k1c7t9oY/prral/TyP2+9Ve4PQ6nvGn/0GC/bq787f3E3nV11lAv64LLzS0cmVDCfJg/Nk/aGYEV1o3Aw9rgiqY+s94I0yruxPtcYd2cSQ6cjsIDXmz+N1Z5TNoXzGNJhJ5tMeqMTV0Zh0kCtmgWeIDe4Mdbd+qpQNbF2ljNVMtFrRn+TVtKoLqyqX6rNRk7Nk5LjSyc6do/utqxa484tmNUMpuveEI/x4JGPF7Vb9QjRZuAEPhiSkH0mR6WwjCNWAUEO1AtT6c9rSO6mwc/eEIZaCm4s/CUAeh0XYWvzv/eQvVN1jDxR2PuAuyJO2vaZaN55iAcZoVPAqEAsUcQijl5WEgRCwHLZZXZaBd2mkT/VRnxvSH7uJAcZD+9Lf6LxMTDTjp8qzOvY3DyJMfHIhqNPpiB6r1QdVVjlHHL47tDTGIr2vtCtEufKrjjmq04cYHrnO8Y5wU8ajmHerhz1RKkM7J/J0rQKpH5VPDrm+/KgX5abQRDe1rtNJtSr3Xv6xsWhLqhs4uuNTQ+knOssFBZM/3F2RhvSKS/2rC8pCHZIvz3OEy5wmqYYXqMa1teACVWuNrTE9YiDzZtB0fAsLDIXFykCjDOi4bmtg/rIDsHlzB/iuioE1jb6OxFjpBXkt7li/WdSVtmen7w2AxEztCYYyKbhFX9xvvQCTUvAKKmmhRBM6ubjAnv9WQbzKwaljKF/cPe9KL2VCHutiSHcbrfiXSSL2f4+tRO9sO02zTHg1CsJTGt0zyB8Oj1WPW7lBylLiOzQ6bfSkA/cX+sVcRrEBeX8J3DXAotKRpakbiSB9l5pQ+ypoSnmGWxhyF+fPBD61dJ9LW4Q43Pig/+xAdVI9D3eMoWrGeWztFQGhXHq51U7bAHx8HXasvVKNVmH3GAvERAeiQXd8JnRN+WzrFHMcq3faoRkqNEsK4kzAl7UzW5oEZzjzgO5r0Ahfp0S2HrOGLZKPkOEmupeTJJN/qUM+SnlfWlX+GwsSGn4aLUdR/1JewY9zrE06WcbttMziAf3pm4+xF4Se9pkvvDa58fgcOoROh5NASRFa2juAOVzyUH3a39jckh7Ez6DDu5UXG/yITfjZni0Rbbcv2D3VMJ0e6Ecssh0dc/Tri69tIqK/ntpxLPLc126LP9s/tw8aMAEJn+60XePPhmzkf5KAfgI/Cq3LeR2AUR2mC3rqUpBWu3lhlMoBZNlZYlOVWLpHmzjLXd11wYApumtbatfSUpCd0f6IAFi/6/NGEGqGUYbsigYLbC+ed14tEAZMxiCWnJbvwcT8+1O3vZst1VHdc0cXlcTaQdq7ik5Ar55ZyJsLWbMul2Z6rWuHq5fYrckCxg0ocUuqwMkeUO9orDsb1yvuSz+tpK4rHX9xeHH7Lazrvr3c9YzGmUZceTXR6n+wfaQFvsLGFEDzw0COPPfHUM8+90OplkehVXtYZdtiQCest4HL90nbnf+3aP4q6+thUMNw4/05j4ojxdVSY7/j9+KtU3981eXl5BpgZr4b/2H/q8pH75scQAPMvdwoFjgUEwCogF/W41bVuVdJdg9hHGNYJW0HXypaWdN9Yi1AmnRrc0tKJY3GuzXYEPqzh3Dm3twZoTlmZXHHYp2l4EpY+Ys1JrtOGhDWU9LHAHipSX1+X3B4M1+WVwxP01lm0VPfhuAsCGSRbXPrq+i9v26v5oAIVOWiy4CWwHC13XA/yOGdMqS0D81qahtlaW9zXQUmnUlhMvdbKehzBOslQalDuSTpCPl9qWCc/yRwER3gE0T3gGmggSnKl+6EH+ODF8IoTMVFUfnFX7WW2Zj/YUmq9ynHyupDP/GHdZ/IED0YBUkb8yPmP2Jxe6V/tuJqGjjStlO5HWbjBEi/lanxYC9z8LTTyEQHKNBqRtvTTVVPwKtqaGBLR0DgZikApH5RyUU9fvvVwNOmVeyt+CaTMFtaOUDloHWHe6AZrwZeWNe9G6DMQF/JBK3pLfRz0aV34GVv1ChSva5kH6nOAaF/P8f1ZfKOYLw7gno0wnZbFlwMsKYAFiGIkJlznIu4G7+pC1gMCEJmnHbeNIEtsFOygbRRar8ZQi4s0jci3p8vogaait1HOhjJp+zxLKLawCDQVFC0ZtMgR6MYRfgnM3rSqQ0jX5kwWFa8Mbg/EZEZDwhgZEqOW6/u12vJSkdIq4o+k7fvzR4rkg2w8QFvhERRVBAWH89hcW1drMNoFUPxhWTZ4Xo7o1dYYiH6ZlnB1F6A5X0QQMGf0oID2vzbXOLFmGjoqKkCCw1tLOULiE+SDkmlNUTtgnyIB8dVSEomvkN4+OtvJ3QVpltgSP1GbLVSLeCBPFGRQC1sgX+TJwIN/JGIURDb3aPaMFRumsOwjqvB9TdTa9sz4NVa134iSZHM8MyFMhj4AU0MpQwdsggGQ7nyBjYro0Prz3S6O+12knBnDjXoT5lu1ikyDWx7tQIzQovgfMWGxRfZcj645wg+0nKiKsMLytZx8voDX3leiDY1yQ4Bsoh7ZeibdHU0W1C1+1iCSfhh1CpZYNsGht+g211uOIkIKESa6VVd1n6OfPlGvdTYD9G2Cno8KGjCa0QOe79WW0TJYARjBW4iCrcADTWsH4Jl9IuxZ2pQoWk5YRRTgkwQw1DaAx0IlO1r6fh/N8RIeNlz8E0ZBqRDuVSuMYu4L97MhyZDKHeXFJXum+RlCskrZC26vTbqm6Uqh/V41/HlDFCNQUh4ReC0bdHeEJgu+wgGnb6NO6yXmOkabuklLy9HWkDYiTLRZV3Wf8dMn7mid5oDeNkHvRQXz7YBfyxf4W7kdtfgf6nCNEmEZ1KMgt+vMGNvvJxVphTrks94rwKkEdaoS+7Izcaktk8t683iomOm39cH9aGnTZ6tl/6Od42lj51O5A0n36Q/W9zkMsD+EhTUGV8w/Ks6JngctHgJ1KLf3TxaEr4zIBzvds6ujm+MY6eHqwfXf8e/s5/fWLeer7d8K2p853kXUtNyZRSdk3XV8Tgt2HFu6bP9HnVsQitljwAndcQPoixtIvouD20ZSiHBrpBZO4h5BsZRYFlVdKgJW932ooRL7w7m7YD76zyVcd3yf/mPGlRYItUGiPfIdVeumh3WgKavHGDl0mpi40Vd5tGu82E/6Bdf6Y3/n3RNQQsoiIvFOnI76aI1PMTDzaFNZlaekFihEG7RFu3Q5Ccs4TVmYlSnL99m3ptgrWmTb1tJbfuvbRnGMuqF7e6zX9GU9rEd3Vc/sRf14P9cb+qPtFe5EH6Nhf4gXii4a3YdiXCxJY9gcdj/pilfHjbyK1/E2CZZISZJqMr+F4osTXNq9lLNKHD18EX9FJbYpHoVW0io6UjIriZInR+5c0naICwQKQUJoECEkHaKCVEP0kB7zDPMC82rzbzOBNHXNZek96RtZ5FrO2kNrF2QG2RPZJ9k/cpN1tuuc16Wt+yj/W7HKgmIhsJBY5FvUWLRZ9FpMW5xW/KJ4pPig+I8ytQy0RFnmWWosd1oetJy2PE39osRasa0SrQasDludVS4qn6pg1lhrlnWCtdS62LrOeq/1gPVh6wuqW2q4DcVmzOaL+j9q6lCbVKVS62xdr+O1TE/ojO4xN5rOnBu+STV5RmPCpsGcsXfbYxtlE63Mztkzbp/zrrgjF+XETu7KXdil3elRz6htJm+meYbmmP02+132r7jlW2K3PDfaOJQ4mjv6OF40k7d2bb1gvml+Zv5s/seyysnaaauTr1O4E96J45TilO9U7lTn9N3Kc050znJWOWuc6531zl3OI87HnC9ab1mfW79YhfsPG6hhCVahg1PgQQoooAKUYIcQZKAX0Jd/4x3/ezwyvjz59uSu7/NlXuBz/ceVHwZoGAI58II4SENh0IUoLseMuyjATCzGOjRiAjsRxhDy1EQayjQQjUQkpwoyk4+SdJEkasRcNMUcD6Mgpkd17Is9kY2VdCRPekg16WzCUzwVc2Z5nsuUJZ9kQU7PO3PPat/q7asXCQT/CmH9jwYsD/ANSAwohuKgYuh44PpA18DEwNLAswUeQZygwWBIsHtwLwwCc4IFwrg5K/mlp7SVYOFLgZMVPM+JWz5jHidzLpdzBVs5wL1Mc6Eelau/lahCLUqIVEbiZUtORSgZ0i+1kpH2huzntLm2eWtCzcX23va9TbXfdge6z/6X/WQ/PdTDFxEkWEIiiP+JWIowQ9ggHBAeCCgiHIFD0BGxiOz252oLYhxxHfF/2RHIOGQJchr5FGWFwqF0qKvoILQKvR89hb6AfoD+C9P7XIKgEawBHIQABBIAgBNrUqWrPgs0jBqJbH9PrOVoQK0G+hIKSh6x4Puo0VCIhxyy3wbPvh35/DGUUSskM+BE+bFfmg4qezQkCG/xa8w2kxARJZJhhWhzNAr9AkWhClE+HP9HCMpVe6LQrUEIolot7RDQVwkGeYBkzJIKPrrSm3mEyyWJN+UI9zf6rYTbV4HEhOsKBwSUEzGOsxWyIILnUO3lZPiUyx4hQBAabh9EtA9CFgAIJgoUEs6uUAQsCmyX4ADBnzSy/hLD7ROvYzRWxT/YL5Zt1LiAZ2/6XQ1emkbm3Rgfbgf+c+3qdNxTJZ7aX7b9G9Akr5AFnvCRCE4f+wUSS6J69Bor9zzwwAu9MvD9JtZKfPTKyuNjQWdgDtxKO8PhYe9q/eUYssNtsTj0i2TD/3e+u0iaDNzQSN9ldlRpCecX/TkAJiVzpRqZhr8QS/cxdKo3n5pzP3L8hy5PFHXIbIeyvh1wPGerf1VgVtjPr90O14Zrag5rCBBx9i2BPCNNkryoAHHv7bT+VYF6Vg2X96edYEmKzCW7aqtWZHCdV1aQrC+IAajbCt0OONro1mLVWe2gQAZGdU25EPfOsxdBXy/JoQnWmea+gljb9uJYkkGuz/W9cEBzfR82Kaeu0Li0r8YfDv3Hm7gAfhRnCzmM/XJ4l71EM707FlIgsuXHygVwaEdAMGZmuGbgOhfdlisQIdt0yarAkLQ5zaRYRUimH8wK/Y9CFD6cc/MGKV2foPrUp8eChfgeMKdw9mgOcLHDGeXMczW6A3i8mJNJatYC9lWiRDi5LZxk80adLqifbsPlvK7vl4khmdWyGqrr3CcH/Yt3gdWQB1Uluis0nSMS4Q5UjooW49X+676iADnA7Al/ej37fgnHeJNzSXsmN7EhirJ2H1tzhd+556zYxc2M1t7wx0UGmGEtqLV2jS7NvtUPWBemBE3uP9Zel2VfEcjzdp/ZU7JayPs0Jbb6mw41AYno9UKk20xDPfTXQNfAWfz/8KZf7Lsfh7Y+pgl0f09UnmnpFO4HfjRWSe0LgRPNT4MFVj62KP6JxxTfwqjib3iBYjmev/plVrWIJ08seHOBtQoOuHZaU0wETYEEKdchAnVWVQ7tHjg98EsLa9PNn+3cheWoKL7/iAtuNsvMqXYOi+EW09lTxLWxl2Q5MslD1u9n4pqhYduHcliWjsS20kbnxiGPhbUBvtsgRBj//RDdGCuDlD1L7tFwBlw9Y62e31xu99fRTQZ89ooTLIDvUpqLqlWKA2ZphamzxkTLgTFq3LtGLg8bbx+qraLvxXNKpZQBsvHoU7KuCR3uRGYxEtG/UCyxepC6tclLy1E676d7hjsDgS/Z5pX8u5TE9TfvA7OsfFwRVA/kvkpU/ijw7n3v7nv7/f9Bs+COFPA/hWiPvvYcDSGvBTwkCJc+xQO9j+SzPN8UuN5dII8DAsYJOJcUmOSQLkUwTBBpdKKt21or+oZA135OgG1ypHJ8xS6sV/wSk4qn8TnFP/C4IosrFVdgXeNVq9LELV1NP28DB0QMhbBTHLRVGmmLrET/ZxfAJfHsMcrno9ZFsDKTSuhssY3tvKwjOpCYs2lhYsGcICI2ZbsRu1M4h3Lk53ONFCqT/tE4mYJcSrxABCqdIcds3hDFHSgTwzSorXvC7zLu2/PB63wMEWiIVHFu+b9DrzUqIQp1WN1r0ymo4m+PchcHbEex+l8K4hCmiq3+YpPQTrzOPv7+GymB4LdEEi2EL6bqysiKAfRJgkCSifonF7oi8hvtt4msjmyMg58VfoaRhugodFjoAOlm2GpBhyCaBAhejoNAxgE+bzg99P5EuQVQ1arSsLXdpje1jDJiWuEFXinI3BKMJVQiYeRJvOPNPgCBZ6RwHzxbBxQOJ8TEPl0Vo8VEA2Rfh6kEJF/+lLg7TpUMScjLTN6Q/xe7h/JFtc5RHa+JhkMBHICOIoqYZFG2I/Okc2TCL1keHsVpYWmTYmlqejhrbyQewUDtftBoY/rjufdpMhSeKCClLvgcovpOgk7ejBSLSXmrl/lqVbOjzM5QQRlDk0ZXrv/07CIxIZ7u6+/5tnyG8p0iVXLfekijp4RYmubUsvK6EkTUCcXludVbMN/JioTDGCh1xwq7suFQP1UVtUR9sLSS92i3ZbIIz/ZoTAnlNaABym6aHkPjMsfIkMpSkI8FvfuFYB3mxcO9Tad/DY0w7wiicLjl2Qu5ZILv0MAL2xhI9eC+Pl4ud7ZP+V2OpMHaY8kwokBHXdXq6X2rIGOCuV5UFkINMMlPcVuJhs/N2Ah1jhUzwncfsvrcHhtjruyhn9/89KGxLdbs4zUnUV6UJliZIu4thyRzfi0E4AjMgcDJk35UPb63ueqDpYoxhvD6jnChpOt7pPUZgLVZCYxWPs5X/BeXN35oVZL48Jmm71bCdbDYNPbmRNoQWChykIaAOHFb8SziSN5r/Ug+PWsXmBBnowaM/nI44wUQCSF5lrpM+K+BeXPOX+7GYYRQfTYmCVsRRB1ThacP2VZhC+8KRNmAMF3v9Nwz5nupfs8yUNl4/cQWDH+HkdGDiFsR2DYgNueVlnWAW5MQCW/S+kbA8eY9YJ6VjycUSZxV/B0bFN/GMsX9+ILil7g6aI5LkGrNx91eAV/7TYOluGr1663YEbcdX/DFPGsVrIdjFooNZ+mePV5x6k37/dFHASA0FiZZWQC0GkAQwTLC2vBtttpsBtNqxUGkX+xNVxyDcjlz5bzY45uMYASKjkuNs2AIi3qft7HZ8kycHqZw+5cCMxQjPltN6i9qbi+vTWdAqmIlxKFiam32j/rOkDDaGatiP3v7kiB2YrAvD6jQGY0PCO0NMOfGcbqxobhDgD+g/1EtGsuoh68BSos04XD3iuFNT9w4a/za0+7UFnXz7zIgU+Rscp3Nk7CAbidi3bZEvBVwkr/Vv8ORCNaS6Y2YcWEUE6ixYsN8YwoQTh5aQ+dnGcuExVpoVx91zjJDGlBZovApwW+Ld4M1sBQ2vKudN9x5gn/pp/qccb95QS93KiFu2Mi/5WLtOX0ZCobrfSQaNfjv8X0pqNFJgO7wGlaeAGX+EIWa0XrFCxQFHZzI7qHRl1ygXXK2ZLXJGUkE/ZEItZuKV7Y+6wASahoQCgoacIRzZxzsB6n7Q07sSpH5uTi04PaKbu/TXoGWKLk+24IkFV34MNi235NglwGJ3W1NP++CW+FBG9uJPO1wPacyJS6UaGsTAeOYHN1gI1nGzMNawzoHdst9WQsL0T7wmm4xpnkbO7oBtLoLxiSCINaLYqpbO0i+3RMrTkitSmSkmMrY3nudg5iUMQiu2zWztKOJiRXhNNuLX1hv7wf52Rbvup33IwlEqN8l4pqpPRWmZGUx9znvzTFfaZQIMfbYoPMRfRJWZWud1b1yEErBKG9OU4HC3TScvDMWX2rGxiHNmtce7AqkWtl9xkEXUcSf/AASLuom2oKlpbXMrJTcIAI0rTafENpX4Zy4qr1xG+BIvlbAJ43psTXv6ze2/x/ehKNAnf8loIrfnrgAjpQVBPHdpr1fhhCqoID6Qk1GBbURzn62aJuGfmKfOgN6ZMNIykLJ73W+h2FnPisq4ckGhAPOJf+an2jneLG+/IZLM0VKqNWndTUjahQckI2o1FqdggINDCrE2DxXRMN6CtbjVPUfelVg1xuI6DfQ52hzu8b9jI+PKz6OuxU/wYOK3bhEMYBHf9O8n+AexUs43ui3alRcu2vBY33WKpgK+gHcyP/FA0A00RMb67dSQA0vO6vWPILoNqAvQtDS0m3M1NpaAdUQ64P3QBh1/8zmHzKlVL7MEbito/zQTC6EqX/4uw6BFieu9enLeguS0BxOp/h9r8RmP2rwTLBRS2weWLHVW8uLNosV8Xsclr6xduF247FETaxVp1lLzibpurJ3zvN3/L7FunCMAuoiBLYwCbmnXG0mV+Ben3X9ndXR2JT0HdsaGndIWd8D+vaPF/9QKcOfNHJm0J7JHH+ulKbz0vFnq3h2e2o0VrqLpMez8XXHbQwyQBMoac3tEoGxFSTtEoLyiGQL+KN0viw+n0JjeKBHD1K7Y7RN/NePabNZoDOY+7GEqvKNgkdhgm+3bsFXVsGFd7vsHGgV+QsSrZ6BgTVpFkQQRN6tPVAAUA/LzjFPtBgvJkT76fRSbTrepjFpJ1e3KRSI5rb419N2o2WuLlrX3i+mG8ALg9pvSiEys0hjjUZtWlH6tWdB9l/xrPVhp/EgOsMWqp/AIzcGpJWSLPiIk52ZfibksYLQvjNoJirqcmXXPfHpPq5YpyGipvXLCpJBMaj2S3jWppabNJkoT6s9gL67/ynrfjFVpIIPHyUjKEoou68D4OCFwZhHAAJfBGCTieiJmZO/qjb5W0ZDHvQFpRJECgOvyOsDc8rpK7OSEryyyoJIehp/8RHVao7VOLl7z2n0MMigjkO1iAkw5FVGo/SaYWym/k9tFnylnSWnQaRCQGJxCHz1BP3aU1g1fqIS3K75lUJ7CoXGsHULvrjCTVAMC+dWQtPLPDK/hb2vauGs5Id6lIj00FzvtwgRCq+5GzwsLKtizzNaulhrhjGYID/5wlBSLqF4n4TQu8/6S7akPUGyvmXf9+KnoJWG2GBoaA01zvsYAJfJT3toGhhQfBIFZGv+LcVSSSC+mEZRcY/T3vCoWm1joGVmScoajE8Mh4Acl1KLuO0Q6m+gYBM8ZMZ6KjgV/26zp22g2rLNeDTaKX1lAf+6wcgEZ2UMniVTo0uUw5PfKcG6eRHjrpfKdWzNgNpaAaPMj/4414SGg0xqaG8ixEPWUuYFUdY0F4tkS3Iwb7p2VoTvrKjlTXc5rGajjpqAkvBEBVnwj8GB4G9ZqW2I++lp113pLVxHQko9u9bcfXubGEjJYIz1zo/xdNBRvWl4xWUNe0fN7S1tpmAG532LDve4EOVlmPdzQykT11US89aI1B8ZXW2WucDABficM3IwNQ9R3Sx6Y1IhEkuNZifkhpCsOtSQtEZ8PPiuGYJpVj7+V/EMvgS5igMU990jOfhQSlbFdcCaYnIlYl7EF32OSMh8xsZxfwbcE1QKP8M/udLuMhKqZ6NSb35zUq6AAuOAOK+53OaZabP+1UID3ghJis7p+JQMY2OWbPfB9y758Bm8ocI1J3Yhx2kBOjw3Ei2RFAwTLocxT835rXZIqcbMqZLGU11XyjqeP6bq1vGG682t4PZymA3/Hypjz76DuYBwXcXKHrHneullY+zpa0lkOfrbJyFB4RMA7SU3TMODrLOwG/FYXG62qVyUY0dJ+LCdzkeXmfr2R8wTFCpJ8Lbeory86Rcp/WCkxWJM9FIkXduCa1pSwXXh4vCqB2MlWmIdGwhoTsvJ2JNUMBgG/3cNyssoH1KVRSkf/zFF1k/LOuWzBbJo3F5OneHbXvsQ0bO7txStS7pRLHWa7VTVkEy2v2t2nWudtwX/zydKfxtZkqpo2gbjJp6IB1xIofygj6EO7nLk2E/aLxo8ng2Ot2kDc5aDzHOuEDVdQon2E+oxAV9lHCTGQKM4DO1emz1e8px6QAZjE2VAgsFj/1dN1I3zajiyDOfoiXLyYOR8ImgWntEvOkzn4KpuYVctSPXWhnQBcue6CxdFw5lvdlUxIFjgtPBWgWI5mBGmTPEA7pM6SYejYuCgZCSP+ICxdgqc2gmE0qEeBpvvJDbG3sxHXP2H8GVxRUn/0NF0EpbwNwhAPbqeAvYeGaWNPQUtl4YuzNjWevPsouXIcgXTTlxJtNtDXutb0ZH0GHxba1Fu21pR7SxFROfMBCWTgYpsCC+PqKt25LTmndppG4cOCnST4cwZhWu6kjVCO//VYBvTZVzEwCJeOLPcFk1gNzdHmXdvtlMykJTLZ8o4JSkddq9joIwSEUU61OCBI/gzolnAQD5vEvi6p1MPbCn5A3LyseBbQVwB9UnBt6PO8qEOVrY5gtJORDTF2Fj2Rd0C2qYbCnnYViYE/7bHPFKR9rTrks7BKjD0Ha1C/vOamixYm12B0BL6uq6pk10TOWyke8W3XT44C9onNZUOl8Vy/MEnTC67Ur9t6veDDG+u+5YzsEmzD8DalqJYLmYkGWRUrTBpDCUVW2x6uVN3zzuXwL/bS42XwOq1Fche7PzRdOoszIXFOeewXK80LQyq4ZQn1Rbrlyzy7woCdkFpTs3Rm9EUJYmfxPtEcF18jchWZZ0ILz0A5ala2sTbS5sFedt8LCF9RbJgbmxh2HuU25HGC3mx7/dWsKB42RTkpUQ25pzyvHBWPQsCJ7d/UVOFzFnaM/WdsPj436MwsX3uSxu2/AZco7xwYwZc9UUr7EhZ+IqfYJXiUXxV8Sc8s3GRVcHi7qsLftxhrYJNrvNW72uEG0RDMZRFJr6M5ff8OPSFaReFSozLh5SiKioECnYNESsMWpcb5BnJMlfWsde1a5RXc4KmxEzxOp0G3nC8u4MA1jeWYhUaMhEISPCeGKo+tFiPxK5egCbrnq5Uq0N1qaHFjoYN0FIrcqIiU+u/rx+O423+Uru+N5D26NFYUm1Sq59PPjbkoZrLXv6UxzjcITwdIFO4dEiqfiEryenuygzdZdfEJqq8sVSMbDi0rcZhgcUhmbsjfRjPZ6nZNetwnh12vY3odrYma108rYCB+NXtyqGhQYoNulJNbRtsPKW2Sa3K6bFaT0rkqeXc5oDRWPMsfXBZ7SxtCQ6KzyMONi776sqSqmuHMpfp6gkvRcu0qhUmjKGkzK4+0IBNc96xa9Cr3ej1TcNoXj2njTSfFvz2REZAVWo2P2gDhGBGij4T0DWuTKZRZw76vO3QMLZAg58EjyS+wcBHAmSPI8WN1Na3xK3HaC+ffQSmqbaHkQTDKyiU6PNAZVp8s3Yg4Ukl+FIwlFgDqf9eYA2ITSnoV7mvaz8NCQ5Z4sEB4czfKnhmuJ+eyBDY4OPAjludBB+FvjlJWK71oBvS0NHs6/moaE5c9xMZB7ek+vmKUUwp7saIYhYfVTyOixU3Y3kQAmJOnO2c3hk4WJNebn8yDD4aj0+yC1bvaPgtsGCfNuH/0OP2diZhOCju9YN94qzPusQL7CnT3iAJuvr0XZPzfNc8H+TQayRmNgvvY9nb8JMm9SaMJSth0WfLvVFtDQVbcKoZh65XcmdWKrJJdXLY7JsbVgrcRnKxHGsSHLKcvQ3y+jT1YHj9gMW7gzO6aQnt87j7YXB27524pjBBXG1AobEHD6zxhUehvNXabL5UspOhqBANkoVHh5SLmAibwwaggzDSk/uAJTwevupxW0RoLahoQma3asU6xUzRY239jvYTOoB58EDcfefgAxfDBOriyX44gHjcLsSlC3pE3kJi1wy6VaaH/bM0A3wrMWswncqcfDTFiMVYEnh5nwftuMMMt0/du/tuPatuqa8N6jB9CWJ2lbRMaG4MqzoOfgmNJLTSTnOhl5+vIcdKltFQ8IE+Tzlka6iGBsYFzEQiLWLmLhtdyJgffy04VoqTjDwHWL9TxJvSFTVFcFD+zdX67MvK9Hg/fFrQDZJxpW64uL8bdYO0AmEt+Mij6y2JwWr+/LgqxlQohFUGVu+wVcvcYHMCh62QYvmKMPbwByuQID/Y8HeohEXtRls349eshmhBEhl9xbobBke87PgUGBJfKjJZWkZt0hIT6/DY/84xuWdJjUkCS/xLF8vJ2UxufGvWmaKGoEMc+8ypNwXabITrLh2Yx8A40n0pY5uHPdZtjjVFQDtnyw4ci0eQ4ajghfB+36pfTJRVjG8YdD6RU2BPKsMP4hox6OuBYBx0HxQuV8AuzLq+tnosVTyLzyv+hasaV1mPQtzaueDPW617MBPU3Y4vd7W+/yTNgktIwzkyK6V8OiBY/C4YgDpojjtyrQ89J7Sobquk065F5Ci0tFOg2ir4yMnscTw8rlVOwV3B00ktRSg0PGONarvC4CvY1LhfeIVQEVNxsLLH8eIyVrdYzzP7pekXdYwGK5d9HTVzPXj+SSZ376csJxernvlUmkzH/Vo85+xiPc9cYaWPXIAfVaWB8rBq076GM9qXS0tlrWH7NEcjrcnLlHOZQICSEKPm5lxGvcnInQ/D9nOwVYmjYE7EkSX9VneAp1HJtTr4fDB5nb5iLgOF90DRjIdPX+8UgkgfmiL1wshRbuZeaDrzF1gEdzK9J8UOhnnD1nC5amsZ8+ttC1s6QGiHaWYhMRNeM/F7kasbjSN6dlUniBe+Yer11L8XFeRSN9r/z2rlgEkrRqI6qQiuyNdFDuVcFoPVE+ZybexS7XmjSYEK5W+tsA3vQ6azl33qXnfNVk31tiNYxim+6l0cXTdJrFWzIGkECrvytgjHLOCzTihhSNbbya5iHLJq13tQqd46Z4y0bK6WM3+tkW53JBJP7BnFbOC+cHHvELingtvJ/djU+S9YCZt0cbgI/Xg0MKvtFgmkXbZ2IkAKRe2GJ5o6za8gfFdWQxmdNihBtzf8zoG/MJbXgDk5SEMn9NK5NxuNF1oLHkCqn9pXi/4lYx2RlS3Zs97G3Tq8UxaoM0DvdOad5Ebz91xmdVFF/+4Kjp7JqW+b8W7oFidoi7YXNVAQZyeeSEyFsXqyWSeHF5NpnkzS4sN/Hy7chGhe563zf17o1mLqhPZ9gUi6UaUMXiCerHTipAIF6/HPi7nUkakchiIN0pjgUhM+nx6Ee954+JtyvzZgGp268j9ErLu+TdUNHzsUmBpBa3qCPmXKmSmZ113kKm+GAwgqR27rGarMT4TEFWUsEUxmPzVfOvYQjXJGNACqcrGL8B1nBA2orPEmJp0X8joavS2P1ZSx2c7+an5YI5slBQOyc3UcQpS87dNSaGMgTMJnyO/UgHPQYTaZOt3ZqHWHZmkYUlM4MjNb5zFXKA02iLPIek4JlZdpMMU8SaJ+Mc0iq7vbkMb9NC7koqQQflAZzIDbktamUjXjObLwuqC/ksEIRYkHZ7BYdt8ijFjTtMt1kiYJ/g+NY3IDvI2LOHv75UobgnvaukWqlKEOG60rP8KEcuHHo4VrjlTfB3fnOYSYbEOyGbcxgbZqaoA7KjS6aJ+GCog5TCKxFQFx9QzEjElNUdSPp8Dn/SinTozXeZakEnEQDmTC0cRSlnpSLvlch618zCjycf9KzvMivr4HCZXrSlHR3MAjGfhbyiEwiAA9uH+lTPp8Lw3ZXVA7VlHOfzMAxiV4DzHD8bh/QEJBPw71o+64wG7Wm7Ss4qQCcQMrSORFoNGT91tZtkhCRh/A9k2AYzBLUS5uO5boZQvZwE1ny4o009+xptXzphn/vq/uKrLoghZR+ZJ/3Df+jfAl6L8Mj9I/A74NugeM/rejUa0OR8Y43F80/G/NexrTPfrhtCWLylsSFN9TGatiNJQficC5P4E+qEdiPjaYGGnI7bZ390N8nKHSUIqgSXdQgUZ6a853yfUOX5XeFU0TUCQ4LIFEOtcns9lCD1r9Sbg74851qm73qhPEg5nNKWGiePhHWTz4JkH3E8mBjSk7X/EA1jRCVo2L+7qbuv4O5TD9/xR5E/k47onBW78Ffe4fYlLonvc9HnfhQS419vXaRG+/GGuALgzacXOK90ry/9nh6RUjDkX/VfKarROEvb6+dgJ3GoxwP1zHZQ6rYd7qs545g7CICP/x2EmPwznLorERoBMJURjU9BWcN0N1FlFXVusG0JdvPuV9m/pJJPJWawKPvi5AA7+BgEI050sBYDIhL10REwd9rww5YXeb0FR63zQ56sfSCA7H5AnfrRLJbbY/U7yH7L04bv9QgrMOcuUH+MdabMGIbtiM17NJE/sFkfwLZ9HEJS7RjbzXHWVBAm2BWeWoJCUiabdS5+It2SPrt6Mykr+dxUoqDK2A65lODeEZFLzWugWTvKp8kDpRiSg8QR1tSl+Nv1QJxAtB1KSgTemgkbNCanyLay4HBBMneLihQo6brt0teMUYnv4ZL+xOJ2gTgz88ebc1gJfeJBIJs1CghUgIIqGw92/SSrXOO+5MSAADt70R+SdRRW6j4B5KRhI/d3O/g8hoFfVvNv2zLbiClDH3yS/qNl15yDThilF9muYXsjh8gsejulYEyoqcu/NC2+jvE4wt9CmRvlz23VyRV9FzDBL3c+iA8dNiQ7I8HjDfup0c033NYJeWWx/rXGzAZsm5kcLCPE4cMaSBP4rGfLviW6uRNRqGG2FTKSnZU7ch7nJa6zL6i4pmZAlgX27MqOSNI5GwOlPJRGHo6roQ2quxTPuag84GaKe2+a+7/DsACS2OWhXnzazfv7XGZZZ8Z9cEAVdA3qGo/m5b6eoaTnyLwmvDChJc6RHDV5+YrxbO+3Bmd5KGMXcwqCmiQ8EJI66lfvqrKuHbM42ohwemfzbNYICfiZxIWyMKU8v+e6bpMICyFeh7H3fq3sJK1iM9N/rD9sLkrsuhgE5JCXVdJXXout7xxbra9K6FBChJYQM8+ZpxSSq/1kYUvtr3caeJI1GFHXw37+3IQo337r8uogthHqx59bil0g5TIO0qIdmrdYHT6XZfT7t6SAYBKJhOIpdvdpwgoPGyw2Ta7P6udo6iPDugQwy+fDW4LOR6H+e/H5mBf2vFpvZ4GklLRe3tgPvwQ1fJTlR8+b7uqZN/1IMOHtpPszbfCRDEs3BU3svfcTJ0dRq1WmEJapsL4GUYa2HYYlLBXjxg0ijYa/vJRaM1FO5vcgQpanhfaVC7HiyvdpkynHftkyKRv7dFiLm9TGmO1ntnGIvwH9y2RbsCiPT4+rRnhlTC4V22W9M552hEFDA4qbOX3kiCIB6/d7b6GhiUcju2A3O+lzj3MkU1nbWZOw0dZA6zx77JtUlYbYZml75usH5tArC7L6Wd09o4XTsTVacPRKvECSjqXUIWRbKDS8facNi8loK7rnR0yQrXwxqaPNkpH9Gn70dktlmU/ML92kQQ6/Zz52s8mdExkC7ClerrCcEYzlT2qdPUfesrjb/9ta5BA79hmqi7GvRcKooUjvsuNWShDltcgeHvDphOedEw3rHK50nnXbKu2mFrMmjlD2C0t2+02ZgZ/Anm3zLkrDrHbUvaPA4cEMxPcdXgwhuwvK0Yhz598BAO1c0bWERmYEPFlWwreywvVcQBeWngY2spQFBX8HYlcUo8RDY/VhVhbxiJdejzogXEcBGSsx0EHbIFGmT/OXMnq4AI4MG/3BfB6qaGM/BMgZOHYrJAARGCjBBKqD9Jv82Ybe+x2f5Nod4IdeueTf5iXH4nA5sRvH9WTPJgLKHMCAnovnF93xOIUIjP3bhR8aABTSaZOwenM58bB0IW8HkR0GaBgBGvDU01+qFrYJQzDCyWQNntUjLf9wrTYBGts1hkvnhh2TlxwRmmI7dFLfwgrJmms7YdCeXZ+08pUKewma/Vf92tNxUsalhHUJ6XpxM4WeKVnMHkDqREIuHcDlPLFes6hx8GC/IX8/xXPMkb25NtGirmL4rlB+X4FT0yVYL7xZDo58zxK7pZ6wnX8nCiWeJv2kSzrdzJmMe5EY0IomdkbCzcDI/ZFJzKSljzU2W2DqrCuBOIXbPfGNjN7ciz0w4FN2ijZa0JmfJvjrshtFJpudpsU30O1BW+EiJ59fqoCMI9GG/1lKIdPXgTE5JnzpzjPEpKR4BPyAkEZDLjJnKTd7G95A2LUwEn64ebTdvEvy4Z2FF349ZO6SX3SXBb/eVlEmq6tdOItLgr2zdY9W/muA4D1Z9mgmz1eFecrSyqNWYYyFgLmnqjcY86udFoVz9dr2NSWHQUTpBeWOLx3oQqZzBESE18tdJSE3QFrrUBYLsQJVf4HS9o443Dh2XOrVjWvSKgLcj/HY5GRra+qK3dDshDj3OOY8OPHnn7TH1xhwF9KJPn59BEr4BPhX58Zq9Oqz49kJf6KbjReb83jruzVgdSIKmHhWW+TqblHwvvOrSRqVtt/MDtUyoMdMihqYBkjwOfNicEkbk4IArhGslpy50shceUyt3Q+J3GheOcFtKDcXEXu1hxZK1RAaWy612WI67fS82sY5q+SACPvVMoPo7aF1eraTUkArxcHL3Q1LK2HB+Kc+T5tcZAi0JpQR/XSXWThoEeokQIEiy0JzP3Mw5hu/3UepNFLbS+4V54lsI7DGGwyLOQcS82VCtQZRLLz7KTG1U6lUqGEBxXmZVF+lQZfYgCnWg65xzMmxdcUkRnwiu8TUYgK5wrZ2WDupXxC+shpPTEJkj2jsepykCjjc6NCxXwwJ/WDrzIRbCxCm+YPxCKyJyqiQG/jRPBS2xwPoVyDMvY4asFaw23HRzcxcjMLyop4r7T4ssSambQU73SkXhDP3CcrC5MdVuJQ86AS6xzO2iUOOwLuqW4rogZSvhT8vdruYJlB3vSgBXgqNK3mzZkQ+tmR0aGwBzf9QRKqRxUwMxOZJ5lGGV/TpaBUTHWllZrgAR/cDufFA/5flI7NJjg9hQmkFSwur1eHpNwH7xlll6RqbQhDM5g0K0iyJz36zeIAE37a+NEwwBfsVcTy/A8PFxOhMb4hucXsTDJ+8fK5tY7KAMHxWfARXaYyGYEkzQwdLbyzAZBRTl0pewkgof+9o4KNVMMG9OkEBiVtOqYXi60sE413yZHTOlUs+JcD+exHI/nxe7YofjS/8SowkaWxsYmCxHbZAitOC+SUSc2M5zaH1/JwCTNaPq8Wma8hjs8Y4gvZiBhg7rEbSGOic8Q6FyVRZGGvsikszVXFl442wmporoCt8+GZCb4Xwtl099sii8rrwd0Q75lFcYAVWIowwTUDXfAQw6Z3aEG++JlWXUvnRsTsoonqayqtb/gukY/IRO0Qrtbz2WG/FG5QlIwdr1+dmePTOZof6J3QjD57/ePN5nasKmdt5JOZEGbml8AaIBJEvGqGbD9Hnpj5K/otqw/cmTFbppV7Dh9zg4pwDC+d6eMu6LTmTxuzUos08MIbottlsBA3/JKK2/rLVvMgGvNvvEe78zu5Ozh+xYLDsnNVlfEyukEDX9RUvZlxQV8InJ1wqNZIg9DTIkp2BcpZPPnRHRzk7zrnbFB/9SeSXQlIrYaVECTaZzcGYwX4acmOdMK0cHUSF85sUoWcctcT3cc/DnUrqgiD7dKcE+iI3N2Fp5gJAJ9VdsMe592Jht4Z4GQy4RxtMotnoGSXjwuyBaGCUwl1lQJBIYk9GH5cfMkOLklEBoZqotg1c0EaG0BC9ypSbTaryJq9SqTZaZeDsbEoMdl5Jm3JPdDz8G+Wv14cul0x5bIQcfahl9AAOmAB7ezQtaZUJbL65V28kGlX3mX0nY+X6mdlyqd4hVX2e+CTBBNg84npEUrIgB84L92QKSFwLnNQweUBRH2AENi3KD3tjdhQLilgLVizzrIG/mqPvB3j9gX2IZV3R6Vp0Enk1+wkhBXrka4vqEOYOBvbXuARX+HRbAy755tthvFn13KQFDYV4wkjhwouysf781uNo/3IHoYWuZ8vyi9uW89E40/OtCJCHlpOmJ/mQ1zUmNKcMaJew8xzNUKvYUlvmLT6Q58TB/Y2f2aWS1n/8xfJoaxFhUHZAcOmMbXs7j6RK5vawB0K7Oo54w0v+fLsdM8tC+PTaEq8JM8smOdEW9ZmX/OETn4Y8Dvn6PIMS7os/w12Nejf/r4sW+ScuS/uLzd4WJ/zucT/m81qvvDi8b99d4citOT4UBhaqjti07TJNclcWE2O5fLZCSQ3o3W/TSaydzEfJs/j7XoB0YFa9Z8u4MrTlXM8UzlV6z0ugzijzJMqK2c1zPcoqF/vTeXeN0KLpulz7/Y1vrhMa8n0czmBb5SSJGpFH81tOcetieJj+3gvTuM/3MxdYViayAYX3rJQYP3CR4/fqw9WMC3WzggbsyprOkG/i3cTGuANTgNSaW/7dl6Y+bAU0H9gLah3E5wM60nAlvTVXiDa5sl5UmlYV6ldJxX/1Y4kVzpk/u7BMnUinu6jGo4A4K4bXDVusVFrjDMI1YlXBtce7I+7z40otHa9kYldIE7Of4PW1phkY0/Wgk96B94Aj40lWcb6vshJ0IM3WPWy31ezftCukgPgQ++UC90/3enxRLqCN2wawirQTR8WT4XgRGpmbA7rk/smUvBNCyB+wqfl80NXUv16YZLHayhuoKjwL7F6rFRKTRK4m9Wy61aXMWmaTA6fWZq1goWhiYrmEqlqSyjxg8y2BZP24Jcqm+kdaO2uQw8rdznLF3VZFbLZQLqd47PjQgRiLLGF6t19w8E3UYaIjeo6mGLZk6DUcQ7UDm9j3b4jA+QKbDavGyVCLVEJJz1qWFosqxIMnHQTWtti92DKucdHdGH0z1Sex1WhJwO7UKsbnK3c1qHhR5ORadSSayvE5DMee/67FQ17e1FeWFfbvguJPXwAyVvBmYm/vHeBdAv66D8KUREBwCA+H7RZ0ivpbtS0wVLLb5kqLCXJJKGAr84YygX1gsW1Oty3l3ZiAoIX0mhdDrwiRX9s2pz9ipnth/Gbh/7lREGmu6W1FuxDC1zSXlpCTzSBIcKsV9Dzdjw9QXWuQ3j2S6ygjWQ0glnZA1eLylyYsoQi1JUE+ExoYsIYZ4LIdfTZhvj+aa1QEKmNK9M2QzSNWf8y5d9Fc1qWJV3XozpiV7No2HeyRe29NGGw4CtYO4bcv5/ZiquDhd6RXRAns4lWdJeJDjTkmdmmIKUV3hmclakNqWFRRNLum7/zIUEwVgLN/He8cBCBiV8EA7YvZe6ypY51DIpVrvqmsBO6/drNUxt+kijVYypQ5qj4xmRQ3ZsIzLDamjTBc8mgIn4Ef0XbXbGFrwlXKH4PNbmx7Mogax0DXqN58iCSKobLbu0zANT+JWfDGp8lorBI3Kp+Pe1SRPzyOMCbRhrc6HmcV62unNWkbocH95vNSxlVffHWzxw3ACTXGJCy0yBOXCv4NodSGvGB7+tNg1fi1zXkVzf8nQGlLSd1Fp0BDTwqY+S1YdEJSnfPxGoY4DhlC4bqw5jNHQ75UilrtfqKTxCpC6xaxmc4bKxW+wCCIDPhk8pecOYQszDB1EeTTLlc9bycR3MBa/UTLdtMiqDtE35bsUVujGlrk5z33c5na43L9PASArzsDkf/1KdGNiewlgCrvS5fIMDTyZPQcN5+gE7BE25Ty8lJFc4fV/6taLTMFcDY2F5p+g+T4EVRZyvOzwm8V38HeogRUmo0XIeEtJjNI+XquV7HJUrMSRAMdbnCLgKmZ9UBrJ26Wz0QmDLxSaf4Zl+nIZe/rGbCfnsqR0QR+NaC6ompfUMZDu5fyFunDieFHuN59n3ChOPDI0qgNueROk46uyHxfd1cFrxl40a3rf46GWY+LfvtxdkWn+OYbqXGFr3WZZXo0CBP7Xm8rzxkiQ06EQtKK10uUVtnM+3oCMoeluhjtE98rKUnFeN7S0vRhtdoXbuQuo1lEjosvdgCWwp8L432K43iL/SbM5apzy63bloyr/emx7970UnXVh9uvpeOu38W/egxTcISdV1+UWX3DISCwTCB1ezoJnBqDp917B/Lgh3Lleiitqcr91t9cipc9kQ6SEi5V6yBuF36KJKj7Y57NoEWB2yPsgdb7WbtXvKwztW81XvpCHoVBKo0SidN/Q7nYvlMK9WNAL01/Tlxm+u2eX0+P4LMCPeBy+Q9B5meg3COK6A/jZsO7YVcKl1U2LzCT1OBfkyAd7FcUqW+llLWOL11plJIouGUi5r/BjFj9RLRP3/cFKyZVKYyivzB8jpbB0vrpnsrIlLD86JyndlJ76JRE9dD5u55IrlopLMMSnHcBuTQpEd0VolynTxM9hvQ/7B6rIn1heErkVNLqidjPElGF8oHKaRAEr24c0+m8sAh8Of8PuiWWdxj0ZRLq/0UbDQEp4bSg5CxvAqX7bBQqwSkqqvaGVnqvBvrcXPSVlZ3swKsGvPnFhJjJYJgMZL03GCIKR2zh5gE2rbnfj6ZaRscPZC1DE5KHk+yVcV1g2XUzhs4YdQq/abXvbqy6umZUVe6iu+FFgQbwUCM8VYwme0fc3TaCGvC9xM60p7737KI9AURtMVFwIIeVRbMfLScBWsA79nYARjFVkkf5ete7LA8yO7fTzHAJQi4bzd9lsmu/yd1tvSs474f8w92dxw9K+FsUcbcz6C2Kb0493Dn8Z/rtafUyisgeUUe8iHkWwCSMzn8ThNWt3kfK+dMcaKi42DngWpQLk4tkNa23MC+1q2Zddlw49d/WLXRpIvewcNuAqHpsq3j3y0zD0O1jSWes6d0xcHjn1QS/15f4r5T/OM+cz+n9TA+yMklIQLC/D28Q4Iw5Fo3Lik5KQ4Lo2Ex6AhMHgSic45QTopk8BQMAiZCvgmF7zLJjgewCEpO3hJIMCiMPbcZS2iCFA20Ncn65O+6VvJOYQ1KgIR4E4Eb9oKKPBNidCUKesnQ+C9tcxci/t5pHQ6A/fd73k07B+Ael8p9W+/U8zzeFmrwX4A+aniXGJd8hJTFAnIMD4WqJXTJ0SzvG4B1Z3Qqw/uk5lbbOtIbd9R5MI8h07NeA5k7N9W5Kk5l7k1Tu231j9hHovg4ecPq57mIDUugmE7l4NIFTkcu9dCDrlV7xYPwK3tvyNEt+LNeSAIRlcx3FGl0I3He4j3divHz+qWXpmTOEA49vIPHGlVCgEIxhsfPpMNAC76/ASR38gsEFvEdlGAhCDfY0Ood7kf4ADY22Xw0ilaoC16V4iIBPie1kx1uSAjNXYIgcD9WC73Rhjczhl2+7LS+zLmrgMc+GzfdA/8yx8X+5AiWix5ovA6fhtUNAQ96anYss0SQcdHU4Mw6/xqaPC5Ht9GFejvQZVIWXS8WS/gZnF8Dx/yS7Qb1A8u0dk1EozAZLgJBNJS2HH6leFg4pMhi/mSwMxs6G4tcPmzwsyZeZlZnqNKNN2ReXxNzSJaoR0FkTUHgngjPWYD7QlKjos23KC5aEJGazYg0ofwuIiELUu7TpdGNsyC5RsUL8Fj36Hy7T339X3ygMDBcb31fpBTFIYmGMHHbbCEv1qjIiNLpUU8aRrxEcKPa7YF83WAIzZtg1h7TlQsCPqF6Dtoy5dWyGr/AUjF5PmTLCSKWrlZKPiiGxuuwJA64VkaKcfwF/N01ulsc8zDl2dSU2u1QsCIMxgOiBQhotmpC55vz6UoIBTB/n/MpF01pqKK/27EH8/6QBUxICo5vmQbhwkSQ0cDwnaJZ1VLDiXkk57t62zB7WJJ3oJUZP3H/5ElLZn8k0q7/7LtKBoGJdALu0cGWpQ/hToE3z67nlQf06IqsAaLkklH1ixaEOjxvtT5HrhdkOQ/acmchb/+LUWW4OmWs+CZm8MOh4dv++fwcwMq//2+/w6Rq9VfvLADFBZHEfYwmp3pyiNHFv+Uf7r2yBfA3vHX6a2RBOR94L7XgJ5ie5ts00erP/6j9Ne92+64rQ787omvk+c8dO8P/gZIkfh+we6mkj9ev+vvVJzq+hGCPtOXVH8aT+dLfgh65bkcB5Cru6Ar0yzB92+lt2zR95z7wROg8r6Yvnf9ix33vqlHCKOKNEkIjzQmfDqrU7S/X4AeK7z0hvZKe6iz3d4Z//O/K5JrPbXjhs8RfQstB0B/ffxO9Ch8IVKTsWR1Vm7kJW+zsdROAZIWNN3s+fpn7Kfj7SFHoovWj6bHt5RzV/0u11fQs+OqIWUfxcK6+uQ3B5tVH/S27j7/rQ2TKOAe/TEH/s9vSMn/nugH1pGjtU9QgkrmCOhpMw3lVdesdhPSHue3TLA3wMpMHjJELtOg18XBgXlXJG8/G55zzLIOJaxWu3KcXKllFO700u4oltglqZNF2r+BeL/i4cxLAbevuNbky+SAXmj8iR6eqxQKFfMo6GHFv0ka9VxkwniTapBAvQAh9Mpe5QcLksL8gr9WuZY9XgFfGPeHDMOuH0GEsOhCsuRezze9sqKOt3UweRt5OnjgK6gcRa/+N3CQD8uaiXXiegIz6IsF7eP+1l5RxMIsInFxJiUHSC4Wt6Bgjg03cx/rLCe5rDAuZ6bZnj/M1OD2E+QOy+YmmK9e/3uDXQlOiJ0Lhd90cVfVdReP+fcG91xevLrnmBP8J8aNuzrBlkNaJfdvz7WgsyPeBiX1BIStcbbxzoiZpBp6cs+sfmoJPZPTJ9Ijq7sz6CnwRMZT3LjtKGjV1gbFUPy1lYQTl3B8KLPhiqsEP21sG0dUlKYRfFa1vaME6ppfMeqpez62C//KALWamvSMz1BdTdYtsxXH+b3N0dDVTmzu+ijP/XdyI54AGcsjBPBZFLyxi/edv5c2j6wxnwx8ZU8fDOojDXeEjls+6qKdBgwL0BIKPPtKVxUKoTwLLl53MFNTd0WvxrdIL1YyiwRUQe8rekuk5BCFxO8MqsqNb9mTU2BR5WGBvb7omp0zXlKAIKy6ymZFGckk274DCwbLWZihphBCma2RIEjSn+GSQlwzVhZ1doJ5uk4ekDrGpHAVBWiOrvYULrDF/7YOqhap1dIM3ybIKoenZBF5lHtJOS8ILc2HJjRzq07LI5BEFgVhUnCeOoSdB92hb9JzxHdUqliefU7mWYKuEiABlgB7PUtX4ffn2m3v1MkhilLRdHJKCbVsSS9Qf8SIwNshzSFZsTrDJjoXJ7G3bf9Vc6p30Unvt8lROffsgruGrrFYmIlGTe/WL50ei+2rVDqb7a7V2DxY8HxpJA6TUwP5f9zx+HLie3EliUO77Up4rxMkiwCBf2GaBpYUWJOGKrME5HPBdE2epklQqO7z3VocQOX0AC6n8bEEKHwcnBOc0yhUoaoulRKoIUXKiLGdD6TtXJuK41S5/CyOR/K5A5WbOdtST005Q09vm+Uob5jD5fpHColQObQ8ClRK6C0qv5dQDN2MdlZgShJaTe7334RE1mArHa48Q7a/bTiLMplsMIU6N+aqjl4yGgM3duEd1sE6MzwuJ1v6XcZ7Jtt0Nt1uy6ClAPNQD+lZMBM4T6UVe35SpiVknE36rcFZA2hy12gh8l27IRDCKF7YGWiEMOwYREnRcGMN9oyx1Y7GF06d/MtZXJgfCtihoeM9cs9Z0rktwH0hzOtgm2i7rdryVNDB9fqn61kC7wribnhPJugibOJ2pb3R2RawpXbhloq01FsyokGR9rIJgokTqNR+4olYoVFumml3gljA6S0uIYpSUelKUBtUoSoKGHvBHFpCAbmYWUuYMbFsKiMmxkV6SWdTPwnGXX4tn8nEDwQ2vp/IPHp3pW+sRFf4YNJD4+hYJbmSkBIPIdUJgy+P8BkI17xIdIq9vvrovVtXAZNajnm4xtUj0zBM4wmOA1pcXlrztY3WxXS04ZguwVwi47hPfFMVrdIEB81U6wOJInPMFv4QO86ekFot6VknQw+yl/1HKFUJa2V2BqzYps6QFdKcdMsMWZDiwAvejOrTwJz4mqRYKBhAK5xOPWK/BJoEW9IslCsOhFT7HFd8EaYsPa9G81iiIFUsodKqLL03hIP5nul464+oz5MpF0JWyhy3jNvaXgfI0xLgaQ91oaEUsScWc7XZ8qRNzGE6/Ofgiw1+7JTZYA6Gz70IWv+sAF+hfWxAjvdppdj7HNdzdFMYSebNfug+W7akhQiUHRTmy1njEf9qZJk5R2tehaXwjihEKcXb78QgnepKla/LRwT5yxe32tKiny83aNwq+sOw1bt3NeKMeOF4mV24dMpZd/ZqvC9+vo2kxjo6IyWisUp/rjyuuKI3faLmoSL9v+V5w1K5/yqWRSQKYlYrwcIjqHegYjKlayTLjcIs7p8tIwupqf8tpN8+eUB6akgv4cpc8NgIJBKLLMhY9Ve3zJC2mpNTPcWQbntMZfCGSS9H6xLR3AfpXBvf0r1hdflTLasFxkqvVctSh2kujE1vrCx1c2jdd7sOGRF+WIKq01BCWayDHQMa2BVzD8gtnkNcgwI8+yk+q/2NaDyzrK6BjEKJY0g5uAVEVMwbfNQw/DoC1NqompTD48hpsUKcVvrPeIkcGmvEaWb2oJgjUA2Dw5fFu7BNXqNRP8aqFviNH77QZEdNg1v8MIezP0o03u8UKwIVNK3VTm43mpIRegGpnUHCMw9Je6q7KYVYGm29wwimXCL/6Vy8jdLYS5U5uXyUc1IS4y2DJ/xVLDY7vWCs2MGTJCxD55+pf5ipaxJBNoWdm/hN9ba93opilwyfWWQEIxbRKVOZIU1+MCRMz2Ao/bBK9bI0sAJWMP3H4y0q9Yu65GiJkxzytgn/m6TZI8g67VioQeYQw7gV2eXzmfQ2vi4Qqq1yuThPjv47hTQQb7WhLiktNiWJSZEuJa6ORIUvwKyahDGRNNLbbUahl3lhTGrGpiF3JC7g98YG2XVjuMn7QlJ2rHmzgsgmlSoYsbHugZVuHc5SncMRrkRaZPAI6dKY8a/nR0SxjPmquMxEBQUwaqIga3SGXcvIPlMOSkuEw9Uq3P0WASiAfENzoqyKNI6rP5EyFzIKaQg3DrI6QLzmT4lpLOiFgcdKUx8c7Y21uQlEF+xD5EIbuSz12kqXSjKbfFJq2GLXMfbBTPG5kmqThaEgLYjHObIg+ZQaaYynUcOp6n5By+ZrDbkG/FqgX7bTGT0Mq7KqVW+UhIHVgGkDLes7S2X0rCxQCjFKpVDw19qaJR0NqdVXOoQBskZnE8S5n3Z+mQB/iC34sW5MyKEOZdhPX/bYcsmeDMq8W1UlXHICl0EzsIpZlaJ22YJ5fYTBBXTvOaW0EBDvFZQyZCyIkCs8Xo0llRAMPHbdHrX2YBksYfqORSoi/GP61HhJLXkJakf/lVOzB7zzjDsXi0Lw5nQAzevBV2W3gWRtmRKRIV4cQuplKhS5Ta8hk0InkQ0GEa/HeYjnBSGa4Lh4birtMF65bXOf0CNSsEH6c71i7lKIzWcH25q9VohJjbddyDIYOy6mFKhT+EZh1+8vKkUK2RUZtE6ST73EEgzPl+XswXR4CoQS21ypEckBVrCec5mksusM2fFRldnMESB+3Ar8lWfaAcMPlG6z2Y4B0RkYfjTrPENf6xEejVQpBxyUP0SDZam8y4dZdr/7ZlwG001jVCTMhJlMyyEizxN81FgzIHXHwVzQsJHI5n/ZF6Jt4WjU66ApCrWD+loVXDGi6H/jSoOJLutQij+E4atde5236zgJRWOpDEmvcdOjnHBfUcDFimVtKXT78jPcedWwCXlGjY9YbfSHoDS1CsaaLRj0BJFMWtko68rqlUPspYhaze7kteo4vQLBiH9usXnAyYB5OhuwQ4YxtXwa7vEuBwNui8tN61VIsX62Oq2r1mW7qSrdC7y1eUo07BRbTnULk+P5jqDC0BpqZZkgNNH45EQ3npXBzBHOKR+5lRaGYgJnaUAa84vyz8bKGnONht2cGwnppEgmtdCdRpNC4y5OKOeBNYVvFLX1Okm7o8gsOx7alY3hsNDOMhs0BF4vLSbLXJLKKnKvOYGSU8bxEx8dqfSXlBH0iHH8LtdB+Lq2rEs2G8ft1eSBKVWcfkE4xHZrCNZDs1l0pUKomlBrGEZPEWLBo8Z1or6mJpFOyW0I3/BIgnnnoDTAyxzS1BOeUWf9oM/9U2KWXeYjUZ7luQiBeFmLUn9iRyJ8IjtRfnm6n80qZAyz8FSLls0hVhhIyGpVt+qUU89AFHJ5DgNEqXhgKZpGSGOxaJl204FFx+vV9WCNklQnySVD5y925AWRFL5XaBncsMyKUaeUGhaGhqLkWMU0dW2jRAOr1aASRjI0FWfVaBSCOMVmoVAaVbUtp3lHh6magv7UneqPFCayUqygVlMVyZ+Gw65JFTMxHoo3i6HviU83DrMHeAvfPC7FYpZPIJpySqVK7pBgeRyBPF7dyrmCTgPab8KJBvcCQywo3Y0jBW/IJ+4vtIvoUiCApfZp9GhCko+lMXt+ITPPLBf4HB0uSrh8MhZgtSRbrRjtdt8sCZtRFverHVISzahpjVY9gaSO5zeHrEqFdIBXqMr1obQ36Qdpp6PvACn/fd7/twJ+9zVDJ2n+psGrexLiL1tPNNF/EfbBvbB7ZUVB+tYfD9Rl+Wc3i5vUz9+q6p1PTR46BTZkYwAZYStJ7n1aJnPiMGt+AwT4qvJFdAYKBJg2EQz8rEkJYzDrAAR7vDvUDgyDkjr85QcW+Mt8gUoJIYAIuG0RAry0UIORS+wiJplf4wEmHU4DLR2OVUXi+WsajspF3KppXKAQdy+l2BM2u2YBJqQbqqICBAEsUEciBwQFN8roz7Vlmzrnx+TQtyu/AgCvWpaUtKsqJLBDQCitnNFC21sVY7NyRTmqaCCQdEZAoI20ewArBY+k/XDAHs68xbH7y4d37NPu8J2gOGxFD4w9ycdpxVX4D8U8nFScj/2Ky3C9YiH2Kq7FPYo3cd9Vul8c/kpxAb6guPCKXq6CI1fmr3SXsfDMwxcNO3r/MbI11X9B+KmZZI3wdKiicOkHPvqD2H6A0y2iT+Tt2LNTYOvXnb61O4GAF5hc26eBQNsLGtEJtiSuAo/hfOZxlISjVFSYW31HkAK+g3fz2q96CEr8wtZprZBsKdFF4t8PWIhUvaHBHvzrzASsJEhl41iKi0e4ELJmuQZdCqqQkGUb10YNnJdB/W41ioBqSIsrC/1+K2uCOYqEAmsDa/UfRfMmeN9MbdbhDdfQHgnNwem3hI8QWOCfUskP6gfA5QaX1YgbYOCyaPkV32rQ+KVH+JrG0aLJ8oHN2wf4snKZXD+Ua0vcddCEDjgllybOs2wzziJL9DWUVYFIXQ6ZzKF7MszKKE7Je8Pqb3Y4sEwrdwh7I9RjVnzzBX3R1vGaGxYLOIKGIxwu8yTUPdS9xyYTxHVvJouoarcnnJF4X2Cb94B9t3i8AH6+HnA4QM7PHjuyL/djw+8NSO6JkV2PghCe4v+zPnK9pvIh4ED+UOBRxmdDJKyYEpsdgiGB3JcJHttDj6n2uQt/zVOWnJdKzvaxwD5o8G3SDv+XBfbJ9nwI7b1qDWEI160eEHJg6gMyEwYwKsDUr3xuu0MXcUI1X6OxBIsj5zEMMu8JQybTQ1ElzaZjXCSj1JtD0ZeV56MlIcqUCYNuVXwe8x8jRArKrNXal+dxMYqX7wgGR4xhMFTCrUEhxA9zbmshB0DLE3eR4M8ccgtMzbyFBXW0Cvzc1PWuBgtHEz9mZCwxXvcdQzEh44R/baok+5yWcP1P4N8I8MRkd6lw/bur2RM+qy7o3i8qYbsRa4aXkBDTC2xIxHkwEl+TUMOolDbuqVPw+zFA6rkA0M/WWN9RQktGxyclYTJdT7ZBIv7Ixy+jEnW7IuWin89jBwyXYV6ZVv7VcBR8ymzWj6xu0BV8yotNrhYFWjBSvAzIHCFTotSJfLjxEchM/V57T+wbEgmRAggTTIvqHP8xhNCQYNMhLDUiAqwNHqaAn68wWoYFw3e54J/cfBLU/vqD/sbYB+7lr3xxola12HDXtz+B2O8H/QadHeDowULNG1d+EHlMvTBv1i2eGJMUQrvBJP+gJ8YIaWKAy96bywykWYcwxCwmwwH18PgaBgL36InfWbKtwNbbwz7enjNm9eHZy/MogYQ8sXa3JqMoYXCQgietJRIBG5eX6IBoPk4lJQe3CqgSR1vVPULjkpl3D1QyJQ9TGDauJITvoD2Xm5fkS/6eBMQP0OwL6LEWO3QW1P9mCyZP1ihNFwU0sIUQ8lQCk2r1WHCekId85/bY39rPvllB301zQR9VfRsiLQ+EkCMH6phPZDvZoElvdfRk2hVN5xFgUwPzhTE2pXOR74GHfoN2UVhMYBq9LiOcQXePqK+sdCfkbAwc8kXJe6wgmmfQRqCfMG2jF2DPSCtIS0PXqnbBu6nXTFvxl13Q2+eiCB6b1vTuEUHjlTIvrUUkNL5dvqdoYfmAv9KSYzbWDoIP5Jt2HvTdy2EHH9gVWnnt4m33QbD1EKXE2s1L/ec6cLCzTVmo5ncddikSou01uEdrNOh7S9SBnqzeD8HdP/eTINcnzzECSz9sMYWJtIU+uSRcX6CLL/vnULAaRyWK3vtNiZk+53c1N4BA2LTbZ1kdHsgXJb8tJa5m4LlcKkWOOq/Z07ovI5qdd1QRlb3q9cVYi+DXj3sw4hBCLbVdlILLcEa1ek1Mn7McZPL5WBDSVxO74plKCQWICpNcNag25cJ8GGSgRqp/ni8QjQ1cN7LSmEG69+yDd4NQkU0MpKqLXTqQiI8+8Ml7DFLeqRkuMC+ZPzAMsSHh/Ne/fIz2LLo8VnFuHNZu2Rrlm9LGekrqx3DBEICt6jEUE155InGN/h0IVv//6a73E2o3tAghLYH8Kwi7ZMmUMoN2NtE0rf9U0yuoetXOUEuVYhe1DDWbeX3vgmr5T+W5aqfskyKrT7+hUOaDATtgIP6AKOujH5XIkkbjsBrVnj95XmLI/RGIT+7vuz6Pbg+KgQYJQdjJu3D432P6LC8KXl4QFrBD8TKd4KQY6EkwOgZRtD7jgAODDG5UGHmbQrOPHRxZXvPwMm/aQ0vLytB6N6JCMTUeUxcmIO2k27f8/O6q/1KykyOPaA+fxz5eI4todCNKTne8vX/ZNDYLkEKk6WVrCAu3l8I6Lz40Px4/g5AEjJjboW7Noqbzbwe+PKQMiEMr1lCoLg+k4YW/UR8vg8LPDMZ8zzH/Ikfvoc+9pPAIN3AhlyDGwu95tqjCKKGXjgo/I9AgQMPrm/WazrJz/Gp//zX/sWIaExFKdgh/mg/t9ek0hRJq6thSJUGSnLC22kDJDTQ2GasGnEPBp7xrW+UnlZyT0HrQ5SFzFYqre2uCRCbltj3gzLuwQDxhO0fYriuVIj5zrBjP+EV7LuIv4p4QcEEJpThLOfwZA/9vDEVnY0alkfD0qrCZ/5foNDBWPUeDHz5dzfDuezwat9TNQB2K4M7adWBpSq2eUEqkT8a1kTRysTFCFCFbx1Ol/kHbpl7w5CPp/TDGK0Q/jc7bd2Ngn2yqJAP2HseHNjWioc1eFc97EL5OBmNdueBGgQ0SHBuRKIg2q4VcZrnnjcREN0rCgsK7RdtKBKJ44Q41hyfOeQgQ1z1g939l+D3WAsDAihxuMRZlG9C429q0d7AzTwu+vUP0KYToE7e2uhY2XiT287x9FkDjn0PLCj+pf1ZGApsCo7w4bMNnrafsjCn92Ftv1EabX+8QQ4zbjn0nfldPl2t2vFCOEvVvH4ZkIeh+p4grNdIvFrb+63I3rjybjQJRd1zxLrnr1HXRTzvBtCZNmwOxyCGdTjDnCbmN22GSLNK6vkKLHXfjxEa2/oy5w+JlpJajDse2Ao/XoOp1h8NjFjlxGjxoRlVcDBCfUEIZxVvRz8ePCj+DGp0U6XiDk65G5+ObY017EFlOKUC3lFPpHpEq95WQ0aCZ1pAdtvR548JLJ4WygnUqLRZqWFSzyK8aUZYXKGzIofwK9JZClsjrh1VoucAZQvQIkcROQHLtkaqwqnGw+sHFbU0vmcuGdaU0doouNrBAYBnx3YiM6ag1yrSuXnLUV6j516UzR9j7Mquew6XLFeWe0OyzbLUeNz+LX3ME334WafpqTPrM1YpZHNbKxLXquCmE0WTZfllcB2gxWzhVzATZFoNgri09g7Crqy10XSyHjle350cfKi6XR0IlFev6NPDNEqfv5X8BXJSMZ8KHb182ObeKNE97OsuiQNCC7BkkjJoxnCH30ZxJEI+ByHTnXBMsQdwqDqGEv37rVJ5tNDRoXJogpV9+rDvO9AAIL1gkIOnHFSPj+mexRf/9586yPEJEvKHaEHmGz4+e6VZDFf5bn5r4MgADQOD59/OPD00vd/+dS3EBgE9+O/U8NfLq/1ZGa9HH/Cdt0PACpOAfNOqzPurg/k8xBlx8D+JsltR8VQXkTpyvl2wbcsdVMTVLnpLoa6DmMTXuovN3nQNUi7tNi03iLh26ux49HVoSnaAhNxEPWTD2EpYriC0ZaSw5uPHIFuepakWisPDvkBbUqIQ2ksRwyShimu1Z9RTvNW3lYZyzcMdVM7c+6bewZzEKic92KHluybyMu0Y7xUuyWetqX83jlPWznC9bDBZepNivJqyTGrW7l0nwtaZ0WETMegw7FGsc3kVhWMJu6damIpgpnAkXwiMbFx63mbVjLdatZmFmdo69b61TUCzutT2mEXHfHdS0YkTpsscVA6halYuLd7DvGa4fxfuOEQoase8qLF7LSSrFVIxjFh5/EY7OdjjL5nNE5hL2rHBI9Jm8Em8oHF0KczwJUY9q9FPFLlZFD9VDdzqSecMbuAy5sAWqIQ9qtXyI5uNoDbZEuDUMRKUClGimXTJtTkerRTf1UAcPoabx+hpzIq9yASBFNDQJgMvlONbaPGy3H6YEtITbZ57DCnjbstXXoXilj80XSMRppRGjVrtIqCyPZzmMj3CJXX88fIdOn6WZAdgOzJuAvokc2Jui5a1apuXmxytpeamEPskXCp9qpEFJJVWyvq4qCqn3ht3TnFbRMnseKKxl4YpYJXyFt3A9uAXuXBXl9kO1TYPB9PkCZiOIXrlVzv2XC9tGq2L+uoCpp+TJ3qzpQfPblXwqaMVsKHKuLXFk9cdUXdTU1Jqqb6VYU+3Y2IzxNatuBmGTQwvHX8VMpm3wuXwmY5g/mVp+fXdPZhRu6P5utJMW97pSXe3h/sT6fP7rtKrbIBC27X7t47UqoHPnhIKt9uRgNoG3E9TD8cPsh7VXQBNACPje8r9JKnHAA2HW2aO6oLa9Kd3OZdYdEKPUKAACsEECHsKmrXsC+IpYtx6/3uN+w1dkormlGhen2f4BTwDuA5wMuBfwauB786SCuMJqyHagshnAb+whtI89TDlOtnneF3tuLKC0FO7fP9MvcgKBsQYFPgUWdJGc9NyBEXcjZh6AF6QgXGOIX1qMEJYQozg2LUYzzxdjcTEWYzN3Ugiz0IebIYJAEcQmhsqJOUZpiU0KExdwWmcOJ3+T18eck1oQmxIqIOaSXCLmGsYlNjUaK6Yhi2PSBPgw877ALfw42T5vn/N1fzta2m7H30o6YMaK8XHXL3XsIk/qW3I6il6VmClTKfGxMrynOryGSowmXtm0dcN9m4eVT81e236tgV5r/YDd8GQlmNXr9rrXWr7NdCCGnzCTRr9+btap948/uLcet1oz/CK8gfqub7imNev21VqCl9FHLVWDUhQ0hUpi+H3rHz6+vvf0at1+rdmFfskkqovPfdSdBgrZ6RtJSdTLsg2JdyPLNiFZOnbiMVVJFtuExr20RWF4MxZmyX5y5ZjY3/GVYoE33b+lUF28sK23UDupsQaQMVaodEqjW/5oRU8aNPRBwdhQkFjll3GJwNZOq2np6kS9Rvv0gB1Xs33SuekIeexpR3s1u93O5vrUyMuXhjZ/I37SBeSmgm5oyc/hjYXc6G97PXDP/Y415qe/lY2dA2r0hcl5CstfpiugeJrfYIU6PfTI2vxb9dNRkfuKi/4qpVSi6SVz95+LCaCgYWD7vWr4Zltng4giWx8BsUgblfQAcl5R6uBtkyE+UfP1P5tFiY6GjoHZHH6xsPMvCqe5noiPW6wYcQ1wyTQPlwjFtuDkC6RbSDu0SELiBoSd9wDbbHdIoi22liKVRFqnLS49mSVlyGxpWbLbY1lSsuSS+pS8HZRUNQEoXSBtSEFCQa+lYBd8aeJPuhA65b76hCNVrp1RmaAoqaj/u20X0wOnhaC9lDoVKv6s/3YVNc0/wh1f3wiA7QwnVzsAElXOQi3/2v9/ihq16tSLx0M7bJS36RHwkBBqhdH9JCklLaNBY2yXGVvqgxmkvnLGrppoaOmqdRYfS43/u+lGeoYMGPmEZf9k5W916h1z3EhGHMI3nc7ZZ+Up5fpToI2dg5OrMp5m0u9+6TKopTiguD5wu6U1wMvXpYYhAlBBGFxIGNEUIXbyvP4+J3l8gbFQJCbq1acf159myfTUM8+99KqSVCZXRDWkJED6myErqqYbpmU7rufzc3n6FM0XMEKRWCKNLqxcoVSpNVrWwNDI2MTUzNzC0sraRrLoBu/zsmctHFtq2SlRH7EJthxkyhJUkcjgyGsoWa6oJZD4MgSbYcifH4cydpJQbiZKyELZlf2fg4DnnO6qGj7/+6ouJSFCeL5jnR6BVz0rOT5CxHK3yBuz4VBouUeCbwdeQwibbpI2gBCZ71khND9JbpDIb4ddPjTNX8BzwQdvfww+lnwkBhPweYidn4+A6wk5cGJRCkKE8Hzihvz5QbINAV/XfX6oLWvw+8WvFa1XqI7xVwpDaRyJCeQg8D2vsZMzyJg8fQh+dFyOStjGGRyY7wXJO+rzRPaWSGFdiiMpx266NCGvhGzI3mAA6ER10vNBjkqxImzzYzeZo3KDs8C15Q06d3YV42DXN54eyi7gOqA9U+RIGztZm3J65pnMjvwSHuiXiMEgO2bp8SgA46CYiFixrxHtXdN0A+mmGMrE4zEtguOxJkfzyLqRdNN5OIMDzkdY9uRgiQhcftpHzh11YBfw67O44NeAi9o44kdfKSh0Xf4KqOdFzGN6SFsP9IQ+G2WPchplv25puxHW+UiCStT7ogvu7lhbqRDVLiacKeFsT6MrZUWZiAoXJQ8e62s9UgpNM6YSkWKo3W5r/me6N+XOtEJtr57V6oPltLYwA6EQNq81YFuEQ/4Wm3PXzIpptkYWUEuOSWOSeiFlTtDoo8Svu934LOxpa21kFbwX59qcBh+Zn+RImvyj5kNJLxXJvJ8d8VrfkJKFVrRJ05tK/aXanhx8bT7aVauoJ81roNL64KfMd8Sj0Rtfge+SohT0+ShTwFVwhK1KW45QTKfoZNrjU4poyxfT6QTmZlc+GpmMrLLWuHv26eonGfHyrlIqK1kXkTsd6eStxRnuKdSRqBapI1Ffpa5MEY1iOvVVugLU/LBXx6A1CuG6/RzGbhBarFJiuBQvbvkwWJIFSwAUwqV4kWPD5BEGsHNgl0kYMExsoHumATSWF28A8Zt8m6AE9w5Ar/3gsARAIUyvsQEQsFPAAABsAIDuAWgAbwDxK3AV1Mg9NsmPCvFmjM39+cmxXPF4EnoWKsaVX2nwQhAzQ84QJtFHLOZ9XyEdIPQUZJ7mEWV4FzjWEB2HUia6pvsjX/c196Wa/Kcqdtsqql2UbjmGZ4HCzYgVhidjl1XUbVlr3XLXgfYNROYdDBJHYa13NSw58stFXNu+N+t5WGAU1doYgvhRsJmWa/0f4Ys7r6o1nW1LF8pCcxJM0H9YbRjb5gVb1go9Y9/SxF08sf0p8GbuymWEe+zrfrqQc8Rnc8lptIpSPWmoLslM6sWzOZaLyLaco1nYjntDeIpj5e/663Cvs+oZM4Z+HNgvV5U0ktw/VU411pkVh8q/32PH77H8z9qVLwAAAA==) format("woff2");font-weight:100 900;unicode-range:U+0000-00FF,U+0131,U+2000-206F,U+2212,U+2026}@font-face{font-family:JetBrains Mono Variable;src:url(data:font/woff2;base64,d09GMgABAAAAAJ3UABQAAAABfDgAAJ1eAAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAGoFfG4dOHIGacj9IVkFSiUwGYD9TVEFUgWInJgCFIi9qEQgKgdw4gawuC4YWADCCojABNgIkA4waBCAFiUwHowwMB1u3X3GC6aZjD165bQA/5feRJ7EK5KabcjtIaXvmyAJ27AXYOIA2Nl6c/f//eUlFjkrrJK3ZxsGPe0vJiQjkUtZVnoqpDZk2jITW1o6lySayOlsmsTuc7x7N+YLeweTE5EQKOul1EKTJpAnWK4MLsRcl7bXlKtx/uM/FDpQILw/Vx+Z727G1y+Ojue5TfpDHCTmX7myGnztttzQa90eGEX/4yR1NWGhKKEKKDNIhTUSJg27w+0IgVhWmy/s/QBMhM7ppeJsVbfMfW+mooSNQ/QePQ//wOSf52+lqLusAuwX/YpIyLMfTSvh/+Dbt3DeDDXhIvMSMujpdN/tS/6v6+v/o9b07+fLpBQ3gJBMM9deshVKtWFVbbbunx8/T3N79WxVjazbGYHNElCBgA0YTJmAmJZhgN7SBUYXZhFGUIOy2u+FJN/+h8CGgVAFRgQyySSBrXi53GZdNjiOBcIwAiUBYMlRctKJ1zO/EsUCt/+OYfEcdqwPnV+uodFHdOLsWzKBmOT5nZj1rxYpITlJrredaScVasWLdbxrEiieDWCvWipXZT0SsBBERa8W6g5hPPNcG1zykQYL72SUNYoOE7C9iRSRIEAkiYq37iYiYe1OtvgpAIRQJgpRI2bLbdqcNMd32eP3vmYQ2pNPhn/495DDJE+zpcQc5UIESwf8j9+zc9xGDPE0LKP3SFri1Ff/Pc7J3/86Z8CgMPEl8SaypNZhT/1XIIO1rujUF3NY8ADodPtwuc5XHl/uHG1PfoBBy05BlkGxLtmWCJG3zfzm1/pFGMMbGCpAKagoEdzzStYfLCRB21/Im8mvk2gpIsv8IZwIAnKiKYmfM62gQgHG1kMM9KC6taSrrqtQDh+64SAMSakpNOLVjY3ZUWETn1ppKXCiWqrg1/f9r7cv3mmjwAy/RIU4qQkXYKNc9M3/3wio+ChUpAHZXMSYK+H+d/nsl6AajAojShejG7eHfepY9J/Oaec6yZuBa+o9koGvxKV9VfeVF3ZvL+jI1uJN0dpKZWeAPxOdbZGcWjsf/7gA01IEGQ1uyVYIShL//vc63eyXDzD1PxvD0i9Bniy7wQLY+WPoYYkdqrFZugYJc7XK1PH2oAEAWddmiGiU5hsAlDvSBafphTwFo0KnfiyTYIIoASYAoAiNsk2InsdP+Xa6V6dfttukRrv9pqctUSn3dl9ccpzjFSfffW6qV/geS0qfk8gKeKU/D3gOaE5wTc+WSrD3uMz1//+5md/8GyEYDlJogLTYgedSkLLsByjIA2S6iAdAESXlJ+pKP49RcRwOUZyBKswtJVg19zXFqZ8/ziLY2iGayCTfcDbIJJwn2PrJ8k2izeIN0g2T9TzPLFPgNaF8PCBk7V7N3mYwNL3Yt71MfZB/dwM5wupuLHYDcOc+zPna9c0YkR2bIlaec5SahQikN5D+uZTbZt1MgTsuqwnyZOls1uJSdAoGrbB2iJNQVig9QAqmz9vy+Zc1OPFL2h8PI3X1YMXTYmrhDiqF/1YW53lO4EP0ZA1hcFBIZjZAYAfTyQ2dzLSMftsTpFuk7VkIfY3mErJDsMCaUWxITwf3oo8jRh8gSgpTz3ap6nvZy2qWRppDCLyGEECS9OfO3+5wEawoZGoHdbIphcZHiCCF89fDfQv/V547d9dKG4LrRL25iGJRFWcTyvOi3lLYsZ4vAxAkVJUHW7/1v2k/rHxq39DdJt2JHQEFBJQpm727+4xWLWquISBEPmA5NpKopuC18fObc/Rlr/vBY2+1+/27HVUlKSkqKgID4NLbbQziknP9RdRNEPhFEeDQQTZqIrH7AAEfAEHpgFCMwhhuYxgvMEAGWigErZIH18sBGFeCII8RJJ0kLCTFaTI7RcqkYbXEco13OhSOgOwdoDWpAmgMYoENuljrjAELHiZYLCI7/EAFh7/UegD52kQCPGu3YgLfeTm0r7kKK2nABvvSoW35qQBNirlh4EDlrdvt7gB2GCEuP3sOERwvbsRJdKD5CW7OwUEuN2W4uK5Hcejh242NXn5ZHtRQ5l1iGTCXxSY5gZDFzySa3ruGzzD9A+zU86HnYH81pNAgyrzy+W/jsjGMOBnqkPWcEwRZYVDwraEk0VSeMm7h0kX2e63B6Z3nlGMs10Z4ZtW13J6XtQvU+oRyXGi+rTUu30Sba1gplJO/3dV4QWHI6PO656ASyiRPhDL4WqIFAn8qUVAkbu99IvJGKjxJB1GMUO9iDEiqYYYEXfnDgsXh2iTbwWWIdqhj5Uy+YEXwEH8T7NHeDWVfoRf8hxoct6Y7LKC3XtFgqgGGhbBwjpoVfCUbvSUhOIwJVDHrOODudQU6f01tN+bUs6/+y98o8rLpeiaH2uNdx8BVwueM1/57r3f75d6JAuy8+maHV2+K5MurR/JnmEzSphp+FWgYsb3dYVWxaQIq4YvkbLz5CxEjKk69QsVIZVWrUa5LVSjsdddVdL/0cUdMxMLNxcPEKCuOIouKSMvKKKm4IBIeGR8bEJ6akZebkF5ZUVNfWN7a0d/f2D41NTs8tLq9ubO8fnZxdXN8+Pr99/vyDPRcgR36FFFFMSclSTZCGioGJjYtPKIeEjIKKhg4Ehth3SElNS8/IzMrOyc3LLyiM05cmuwpckPOx856zzxlwOp0RhPocJxx7hOlVAewP7Xfss+2V9jG2X22wjY3dxk5gVZjb+tB6x/qZtcBqJ/8zy2PLFQtmUbBf5k/MR8y7zKmmv01TTJXoj+hj9N6T/yE6Da1BfkcGw8t7NTIdSUH+ZRwbFxlnwuOPh4ctwQSsgLmGY4YthhXQU+gOFIaIz7T+vH5HeOF6le5b3Sc6SCf6w9Ke1R6ClzeiZWqOaNZqRqi79ju11GE1waJUQ6pXqkWqRuWQ8rHynpJQIjBXsVuxVv6n/NWnJZ8tbxySwyL7XfatbJmsRfql9KzULhVJzksOGCxN7Mb3UsT8e92/otd5T/A4vMd29872kHgw3BOX0K/WheaOkrfd2fTrx/Xi21rVqwJy00t5yXMvtIvC+fd8Nkfm5ZnqTDONpvS0OgUnqum992jMjOGRbuwcIsPyzagL9SYxp5aUOK9v95Xe3Ku/OHkmjz2lSWq6XtforJ0uHh3gcPgr12FSa368FsvTzZphE228DU8nsC/U2RquoVqifVodVspKdsm9B5rvZbn0lY79YzEr+r+Ewlfc+xLLJ3m3mYYc+pHOjrMcT6xQufm/TAtp1i9TmoLJYbLnFCq08sNicxYlRHKFbH8cj8MxXdoZBSNnBEj2f4mF/tBOS3zKz7mDa1mLlRjMxDY1NP1PeVRmoxPVkMT3NygCEZHw8y1fX9waJ5KHIXAqY5QfdPjdvWSnkSwuu1YumOT09YnZOS1hPvH1KI5cT3jlYz/prpAhRAD7LdXmND4omCvUHRWecyI8LYelyq/2TXgrnT7YB+D/C5UzfgJHXvnsZjtSnAvODvt5VKBd6KBzEQU8hMuVcG6XS0EMP5cXx2e7fskAsP3ciy/beYQ6W9FLAP+wUcPjlCJNtHq9Aq0MWuZSKNHSUNpWaDdPE6ctNuDHp94x8xsx9ov115disQKFllhqmeXhHWVQM/ABnsaWdkz1OSA1Gi1JgX0TBwRX5Qi+3fyEsdwxdw4jYQxX958/Iysnr6ColOWuXNZxGxfDiY21yrNiUQo01A2Xd6RgoeZ+09lGHdiyRqn6dZyyByMtuwxCUqsuNaiapKcXAP58fGOWeexKVW8NvN8KO/42+xOH+plXIS6Gwfy+YvlfDf3/gG91yRoqAGBGr7cXob/ciitJ/p7kl/9zFIjpJwGua40nwA3sqvzZ7uhg7hOEE6Jn2/15BdBfrbDmZ76/O/8cPbkEwHBnbmL//Fl+DFVB9Muc2/A/h61oApjYEqefeCX4AFj1O6AH1B8nKbDAn1amZXU0+kFutG6U+kGOj3bSQPenH2t7MbvwocKz1a5GXDRdof0yMcJ22f4LsS12yQa6FX58F4nRH6usEwVmItIHUqcdx/pDyOLYMdAx7aSxXj/1eLqRHzkQWIACMC/F59/a8ql9W0by+9wg9Yb4yThBUXGhlL2z7Dbw6Xb58SljlfpThQ2I9Qbn5Qsr9/Ug6gXRHqdRQ0yn8ZOmjun+o7dKAAOxxUMgFnzUA+Hr86ADjByuKYGI34zBrjD99a12I6wwbg7dEG5Y16hvoja6kgY60k9y7pXpr47eHiOZxcriIiv1++pS+qFZfT3Zv3H+v6tUvPiy28AwDGjaNp3gf7VtRZ2gF7Et1pO15se3OWYl1/Ppo4DAG90sDmKJVVQfRCuqp4G+4kfc6Ww2qvQ72AaGBdD1ifLl0e0uTqa6uNwM55eQH270zRR690w9GCkDWV/CqYX8rBHSlB2rcPFlhS2Qsml8ctNs7G5zD7WBZGNjqCdLyo9vlGhzhS2QtBErreDYVrRqBfFGURhi+nt21KJpS8UtEMGEh9JtlGGfgJumRilHu6mzflkqg4f7nJdWxpP43M8YwdtSHBPFr2AG+01NpwjLtzVeRbAxVh8NQZ3Kjq/apt0VzGCpYSp5mKJlQHkwLdLAENPh7SQ6N+2paAadTigj0ZCFUYGipuKQjUais54iZUHoPtnEf8eTyONnjSBYPEjBqdAO7JvyCSn0xJZppcBXsYzqyXhox5c+tKNCO7BqMEAMNVh0KAbmIpoMMX3ajlKbdlZsB1omSBZVCSEXmCamKBJGqeisz0ohkLM/VUWdCTlaqv/7EdOx6EPrQ6v+smRUNCDWjGQaIWY7TNUI0MWhV08GkafhjN+MzaK3lILfVtULYTFXYJPMZz4d+NS3nxnqgNU9/5kQRshWQxufRpTIJM2rloe1b/ZR8RQRu1/opwjFvdpA5/aNvUQJjioWAZkLpbgLjt1m+i5Ycesb6Ch2/NbcIG09xSXRKjDrnPS2oSs+5mGWzBajPX7MjLPeK7XDTPHGh+iVzIgEOunpzi7FhVPsGDH24ZIyprrdMkhBL0NtuCyPTd7P/4VSIjNGvfJF7xsmSDJCbdMWB/5nBrjS+oVgRPzs0muxvqOWtRPN+PAsG8fuplyW2A/pcdYfZFHzM46PgBvJPPjbACRb8zANfNqyL81wu2o36zS5U2GKd/LJFlyBnXFPxs2BWfo0xvcznfUNqRHvgP1taTmJJ70GfpZtYpdjSTSr4gyv3OQpcZlBCu9D5ZNdmAs1c+rQKqXwcu0/JouEgLQIy7d7dBcO03n5jAB4c00e+y8WSbwb4RE3LxLJ+K4NY4+xkuWbZGk/LvCkN44zX954VAu44g6eF5OlcawXrbiD5cQc/qKd6XToe6rFc39/2Tz0eNIz4f+CFvSAuK54B7aGJBz3ZHxa20AVXp381LiD6viq6qyXSVW4mxZPrjzprvIletIy0Gg6/Aw4j7kWHy0ailzY8uOdO4piptVZfyiVY04uHrvypDnsS/RYz1CFpDjHeTYyOC5ganG9bGsySsujfaEN+/T6RwSAHtL6kHJMbTMvOl5ZPhiSpBh5mvrxD7AppLFYLC8rYNzfTJCzXk4ChwbIZEYeiXjIxllPkxK4x/aR+FtI2BLpE75vQGzuX16BfuTvxV8Fk1Jrk6EtB0V4K1moqBBQZB58oAClzDHdYcNtvIA0nj2IsWoQo6KrQkDPxy1nQNeyJFKsbyqGG3oDCGst+eY9Fgfaez7VJyDsqIKvQvItgdqNI/c1EMHzBUaqUasUxOd2nfU+qQDqThx6j/VKSu9LNDQcVKAsKzPRfUUbAcUywzb5eIrtsKp89NO3DP5rKGV/5nhTZHNmbgOf7p1vDpoMUil/vboK6FOcNDChEx4H6MNmAMmNj+Q49GflojezUbUSolu1BNpQ5VOZHleTScbbGG7vC1vyBd5srwprRtdZn5eyIJu8ccvoleQbCTu4NaNJFWuoBZmIm/E1kIH7PrYlI4Okx3u8jJUOrQtj3BbkBEmlUMaNlAEmKVQQY21ESbOhQIJbSqAACjyjwtiurxDWzUXXwJNW1JeoO81QhWytnFEIq45tu9ZfAKXt24jrdUadbwRkvMXqrLujLSCxMnijfqAhviVIYLP+5gyXEZbPzGYnbMy2d4a9mLdHbuzLGBiBKW5h4lJoasdfMCcWKm+g3Et7bS8rwbLEXj/qssdXAWvfPS2IWTPO7nkB8Kxe8BEh0BZEtNs+XdqYvsQXOAfbxjGRtkI+1k5cmK9mBF243sMCjtbqCDrjVa+zrqgt6MSajXPrsaFmbdKXaC47CDetvAoibLEz0EAd2LtlBxVaao97rQ4t1+2CFzumnCBJF/TYETPAjN0KUsyMuHhpKNoEsr2sNOMpWmfwMHYaqlZMzbgoHscrTW98aYvAl+tMzC6F+CNT3jnGjKAZl/7WTt2CJuwA49TCtTtDrTqoFLfWiN7SD3VnNAlH8AeXAKYFP/NAQecnkomUldh/dpxyDRhkhV9FIDXHqRb9woWZkVQO+hkv4DAWcdQPIApbyyvBTBIdTq7yIuMIvwbx3AwojUZoBN+wxTGK/MwDSI9HlnZkmGRsj9ItuvP7z47A9M8YQHKLUxl4tyF0oKJR0N8AP9LAdBCYMuUmRDSNq4D/HrnRzo9kfAR1WA8gg37mQTOK0llPbjp+krS0TvGywgaanFFD+bnprLvqHPUZDRrVu4aYzusbqgAs+iWoafWmoVGaLE4fsZzZLKg+ouGMM6dCQilpM0tDYIf3jUy7ad9Q9+H4t63PoV+u3+Cg91hMtj5U71DvMXy89uqEBkF/VekH8XkKJcJxqkVvMI9yCctBr+PcHme9QuoVSj5vbV6pZEggjhdG1X5JAFw4G+pQngeKHiTr/Sn4SS5q5qAXmBFblNRzFE8Yp1r3YIqMXr74XzXeBM6wmEe+7gcAni4vsHZkqCcYCUzuBnBpCFCMwhZj6DBO/rqduoZNLD+uxW4sDLtGCugRJp+V8+oRhkCUYKeBwnl9N87EncU3uq79NZwPc8KEyOSe4qEg2hzRDwX5hlyXVqFmMYfqyWrgx+fi3brD6oGv6GAPlWcXnZwR3MeIQmVGHW8E9+K4PM7uoQE8cw3Kw8tntwMytIgEHttBBjlKJpALryBeCt8mVM0p7kiCYJrMSrfj8DGMzTTqNvrPvJycyZT6toQTM14GKhF+DU6HRJ8ziYtuYgjbxKJuokdjokmI6Ly+mShMZmY/ua9oV6NfYlNChK5jYKIXGTGia+MBNIJWtNU19EQmysvHC50KcszJokCSHYQdL7JNoH+sL5nf4M8aQyH3GT5J2EVXoHyQ65wk9NDlqBBd5vIkrpu8dDtOac35PXyAZ/WSnBlt+UDQQspWLoFzNuSQE7rStTXuNgnCJG+qY9AF9E2EIVN76XzsX42zHpE6j9DEG2tYrxSqJNCJ9fVbxQz3v4NYG6IQEu9Mi/G+obPoNUizKqazsZfV2QWps+Dld6fBGJAlXvCzUOqMBudcutfkWN0/wAMmFdNpyFObstVpcNM4pUhXh1Kq9wBldCf3zWTYsU7BgZB1g5M5TrXoJCSc2UQOOhGlYhjLOuo4WJWt5ZXYsYRxrjRG3dz80UTR0U/s3nzUNW+ClX/GMBEQxSk4EFztzMjuoMPodJZO1SHQHrNXtAA9Y/h47dE3Gmy1oYYja1cJmjKVkarRtmylVNWgy7GSNCzfIb5RcTH29q0/FBLD7xSVwme5XlcKauSQgQ5rG1yMgcAaDyoHUjH5aVt+EnSb51U5yEHMt+vJZNNzvl6WeXAefb1ip1hlrUG2LXJlJPBroFI0CRCFycVUMm6CTdDmLFWCnBQJHb5eKZv4EhG8A92ftaBV8H9jQrhZoxPDMCFZYD87BdsuWz3tR0PL2TPuBwD2hb8Z0GGztNqLDGX4PEhPgZn0zD34PGUhFAgvJyRsdRKIM9QpZOC+OTnjmIN2o3bbjKp2IQOYPZseGfbTISByOrS9tMUAY677ujzOArQFv8v9tl4hU8mel+4DRi5EO1CNHyRVYOavfyQEiBx3GivckTx5nrJoCtsuyTTO9uopdWo1p5DvksCnSokUH3DmNMi3hqCBkGIn9DTF0jZUWtBnJhnQ1nEl14bZ5ExtRXIaKfr4eqUk70tEPQ5bmSZXwdNwUGiSBJIAbUJZzondHLQ5lkfj0Aa1CRRcJBCeREa+RIkoL9c/Y0gTTha/tQy9O0YmR+6gDSiXLNlX60ESjJOP2glr1ZmuePIVrEWCqI2I0FoUDSuW1VoQXhS28UGl0M0Zr0NwB/qmgI4+vykPdb+zTv9vrX+OzihCk8xdhGg1ChUyiymctCoWkjrrTVKrUChjJn3stAFrX6KM65WHkYPKe2Mq8EuJlLd1/CwVlXlBVI2foKKY75exflAVlWK6zPqNhHq1PWe/KOmXlIi1pna8hchPol7Uo+XIpTmqy0ErYs4ZxkYltRzCE6McD3qDMJPIfJPpJta+RBGaQaISUPl7X5MvMvWCYLFJOhhaimwXgmSim+2SuVj9o2gR4GmKOyZsL2KmQVxjYkQ8V27ai5qD1lrAARdxwoTvqAAZ04ZHqgCxK4b7bxo2tw68fBNAng72y2Fk2r5Z/WaPGE5afOrtqF6Lk9uILOUjjViRVPk4aaMI18cjQvLp+o5rSmmXQo1Il2RpvfRIiloqT4AEDpfk1b+SsVVdBu4rYycoF0nT2iGVC3c32q56shv3420rO5Kt+oyi4BoMZ8rspqvuciIqG654zMZhKZSS866uy5G0WaMhS4f3n2WvuAaM06fHfoZT5zjVooUQ3eyU5KAFUdSGsU5OzYeTYmt5JScigTjD4FM7CG6O7MDmaOeGS6S/znzOrOS6+aJ7gbaTs0APX74kA1j2iKsl7BlzuSghB9uDWXMPxj63Qd+RRj5rn8kJl2fsPZqF+Ah2/GWzzHrVv2wHcx343CwI08a58Dnqlc9rr0MF2xPnT3Wz5GOZPyDKaSC31qkeCSfApjoEzUBMgWM3Vo+mj6NpNLVWXU2HAzExUDohTSuSQLtzNSdpW7IAxM/O7T7Vv4fr8JXn2uLsWjtHXNj1iaUL6Ham7H1p8TaiqTGCh7GWQE2BnVpYDDzJjvgSWYSsUnH6K9iRDFttOIEmITy37LOaBJsXWZvQgoIDm3HhmJlt0DdZqaWIkGUNdP3ALUDahq0WWfKO9quskhTfbjeFmeT8eGa6ZegreiAMxDthPLGJJoDPMqPhoIwx7/GeZYCaAKKItD9zY+v9TArmZwp52nlfIvoqq45LZLtKBNwyhKC5oKgaaAy4GdTNy2lE4yJX4rLW7LXR2AUXmWu9UmoMglCmInlS4PTbcbqgVbfL/Kjx95ZVAASL95ts/F4oHewZTLLRo5QeWVrG6h6VjvPHfaMTNjzp3PKzzKgFnEQTFWc4ZyZePahFquDAKxltVqTOKDJW6+lUYdv3Ur5HQMIC/kYv4k+uBXOWAkODBZuXbUSjQPfymSwHjYx0Xcb6EzUCfoet5ZX8moRxBpr4Rwz6X0zwZAxNCMKIZIEuY/cBAMMoKffCPdD90OuXPpAPhp8BpbTP7BOGhTrX3OS+LPXrczUh046cK7f1zo1h4tMC8PEGIBoMgloQqcEbXuu2o+xVbMphsTCtq3AJb91gfDFQMCz6qAcKx/WopVZn1kmo0nra9bZkB1bvXHgLHxTYHCpOTEkIMgg0EU87vWSJDVDuA8MdbySTb8cFbrlxIbxPGgmfe4obkLBHFjapfeaP4Ocx2cuww0rdWr+5BwAnX8TONFA/BEDGJndQ/3juy1isVP1wur7AYkJ8u+hLhNkZhJdQ1fKzWJBs+eggPhvUpT44ey2q932uf/8Khk7o50t5/K78apRPZrtvygsz4CiOAnGztJfqfdc8EgSh5YbRsHX5r2EI4c+5RlY0mNbLndXVhMufuHyMlnrBz8GlG0SkntFPlbEw6nsOF3Lw7gF//902Xdqg/f49Bl70tRm1qfIanOgHQbi88igOPhngnMC9LIobe2M3zqCTg+IXXntiLChUHBzxfbCIiZC7ZfkjOMwjSah+sXP42vBR3FgrWk/o0ESHgnWKhWeELjR2iWKityRj7ZyKgQ7yRjAVr6SNJNCGinAarcnv44J2yuFTawTRODWz9kzMCKLi6ZXMlpbegkhoKFsrBLceCcQZ6lfNWItTaAkYw7ImcweF4wRbjafCoNGZB+cqgFISZoTxtodHtmoI7G/+LpVb3QBcNABRCNy6BZEK2cCpfp0xalPObVwDxmzQstYwSxynWhQE157NnBwUOHYNnsGaKRUAM8zUT72S6ZZAnIH+2DSypvitatxWm02pO8gPzoU1ucoXJo1x8lE7eA2mPzbqHC6u5hW/4wrGM9apFnnDcWUjLQd5Rcc8jDVQ5Qljma3llQybBOIMN7nYXfPNyABDYAyA3GEPrD5Q7jDAG/RmgtDHUX8XjwToXasXxMFCb7wOZf/KD900C527vm9buh/mn5LSD7rZ6GjhKtXao1xLXXYRabo+eonkzLRvmlnSZtcbMkmhxHdCZe2zb+isjfxj7KXo3CrZX8EDvpda/m2wwWQqrYxUFApyjla0Ds1XplLzzOmEJC3i7AzvisPNZ8QvaEI2YWohIyzmtkZCR5BhbIFzoEV7ygD8mYm4fnw8UKDE7TvbCljCFRN2ghyM+HZV8PAWZeC4QSJyhBm0iKUcgZ3nERlDBsyALVswy1irDRhwGiwFfl9lxuzhpIEcYJJb7A2kGxsTPrFoouyBOkz91CuhmoRxXq66pj/aXNx5QFKOeuAZrLxEiSJBmtII6ZCyA3LxTltYzYBMjJPPsKPWlau/w7wl8kTJ3Q0a32gcUsHAWo36o6pzR/NuyK0Ni4tf/pFkcWJwkRTQExYfaIXIRJxqoF/1o9CY4sqdW8BI+X/AdutbND7xEVDNwCbJoLMtoEoG9OQyeKqrH4rUZbBeor/I0Dm1/l46zkn05IDhPJiQ0qccgVajL62uHBDRoABJoBmmu62TsAGdhshQ91XobypkgGgGIBID9y2IlBgwZKb37MvWTVs3yfxZKG0aVC2X51tNGbhxqGnDYz1KoG9Hn3YprXDRditNbxxXtZNE12HIoHNGEi7w4o8vRwkV3MRDgoJzKtpO6Efvf/TRjj5VKEfUa8CGVvDWTxtRFHoMmsThNKJI01Vvx9THGlF4oR0TY9WkPCjNenklIeHUGh4PTvGvod0PfONa+w0UhCKZN3BQwP8lhLs8gvKDG9j6qVciJ4kOy/sdJDf/89Goyf1ELvroncNua2qd//ZHYzdjzZSSMcUwUklKd2m1yf3ln3SwLlIW3LSgffQUWzT0K47dV9aT9sMxDS1pRGDY/2vBBR/4IQBBCIEHYYhAFGIyXCiyEdtKpDK5QqlS22m09joHvaOTwdjN5Ozi6ubu4enl7ePr5x8QGBQcEhoWHhEZJVp3MWL1ECdegp566a2PvvrpL1GSZAMMNMhgQww1zHAjjDRKilRp0o02xljjjDdBhkxZJppksimmmma6GWaaZbY55ppnvgUWWiRbjlx58i1WoNASSy2z3AorFSm2ymprrLXOehtstMlmW2y1zXY77LTLbnvstc9+B5QoVaZchUpVqh10yGFH1DjqmONOOOmU084465zzLrjoksuuuOqa62646Zbb7rjrnvseeKjWI4898dQzz73w0iuvvfHWO+998NEnn31Rp16DRl99890PP/3y2x9/NWnWolWbf9p1+K9TFzOChRUJ5v2PQEKGHOQiH/KjAAqiEPJQGEVQFMVQHCVSMqVSXkqn/FSQClNRKk4lqTSVpRYpk8pTRapMVak61aTaVJfqU0NqTE2pOWVTy9QqtU5tUtvULrVPHVLH1Cl1Tl1S19QtdU89Us/UK/VOfULf0C/0DwPCwDAoDA5DwtAwLAwPI8LIMCqMDmPC2DAujA8TwsQwKUwOU8LUMC1MDzPCzDArzA5zwtwwL8wPC8LCsCgsDkvC0rAsLA8rwsqwKqwOa8LasC6sDxvCxrApbA5bwtawLWwPO8LOsCvsDrmwPWEXhF0YdlHYxWGXhF0adlnY5WFAioBIn8rBtWnuPuXsig1NMvx1mGY1H7LJIPQ3UqqLwctAMMOwG/1mfeDR88m78TnOWRRc6N7/K7C69QcVfKhHD0B6kflq2OavXADB/78kgfZefF/qdDMKp+S63Q5DABILkMMt4pwY+6zsPa1BR1n6NIsTTa6uY50++JRBn46yzqZYym9vwbN0/2DAqYDizDNwpMidEEG9CfdiurPAz+se8nfPwSa72msCSMi7tKH2vUu7ZHucf+KEHHDtGvorVPtViiitdbXLfwm1lb+Pu7W3G2zTGBwedwX3U5ZEp9JpdXqdUeerC9HFNgct22Fdu9FR9VLyfxkB8IGFFyHsZS9NXgHgNBz4MFudQmf3gfnoghOX3+5/dAJQUgLy93Ix3wlLAEi4cF9cDQD+/Ki16nd/blYtqlN5/ccmZar84vd/1QYCeoFpfgF0V2dNvJup62wM/7p0wPWO2ao9gjxetMtuW5hd7YBi26y2JuC8/7kxNsIjTJQ4afkKFCrTQka5ClWaZLXUSmttdNRJZ110c7/t9kfj0aa3ob9DSmoGRiZmLh5ePn5BIllUTEJSTl5BUcXjbLsvxEE3aHPCUSejGaU1WtnqdTgPJdAmHaK4xLJmqFWYm5vbJQu8sdIKRTZiYLgE8REgRIQ8CUkppYoUKxGjUp1qNRrUOqteB221015XzZbb0UNPfW3rY98RPQ0tHScrGzuVAE5IWATrr/myUtIySiRlYxYmSPbSIRWqVKuEAQmGSAvgDahBkecljID834uw7hqUAZ/5Q3I6lR305BKDCsunHmUwIv/AbFRUAYmr3a7YdvJ/GafmW2ixk/60eZD50ngFXyaOhd+dd038zzu/4TOZKqUuWNLeYW/3ji4yWd0tiKFpFi61FjsVp6sZOpQJTsG20xVdrC6VlQwtksgSET1owqwo22gOrngqu0KvUrb58ztJHey9jn6tuQOKuq3RbCuqDZKUjj1Tv6VQskZLGfDS0sFQQ0Kji2kFq6RW9KZQ9YimC3wDFOgGrlVJVWmk+jIrUiUWYxozdSI+/2FAgrz724hDWtPWBUStpzihATRo7iAGEn0IDIEnJs26Yacfq0B3G2d6+xZ1zUMcar5FrUkj14bJPag6BFKXD5/yyCigk7NX9fRpDDQ2bIIoDF5ouwlvV6i7HOvbRYaegREww4l4lT+qcFBa+CUDPGGMDx4oBUuED7yccg6tVdMDKNPn4QyK+EdakpWyhEn/QqkSr+rDK0ESdcGSfgf85EftS/7e/+VuyTDAS5f5HVJFw+3ijlIv7uMRaMsHICoGQS3dfcNYVS/5gbXwtQghBwhWq2XE/BRq3LFb4jfnFlSkj5Kf0LjDZO3nSqU88YaUJyH4oKRPDhYquZY1Ti1YOEeeYVLBF/pMJDQEXshsw3OlPiHZ2BmQ8LyRgZY4mBKiyOf18x3RClbD9PvMxvqtBiGTnBhwGN0oO/l2iWCNaGP/ci9nez6sihUdwd5bUkcTA+sBCYHEAymO3JsvKGM4g9x0R8n/zye9ySbbrlH5Ei8MCuNiuQc/X++3Ead6+5xiAjaYk1TUYwcjPf8W7/DVw+sZQDJVYwk4ieu1ypjv3HTEAYVQjHJckSBvjFsxUSeyMAjL/nnwURJfPDDKwgFJCXQsGYV0yMdBSdg4IoQd6QLxGCW+KzJzVy15kyus5+snrCeU7s2ZUbyxuqic1+NrcyilRSSfOR9kmm6JIUPfJU/wJ21J5wrcXW1kzoxTI+zRDprYlod0s148v7V4I0aPhJfSnYzt3gLAuOewG0cuT/MxocaXAK2fW9Svq6yPAkHMz3TCSaWho5vD9GGwjBIwygD5a+jcnScuV9ZbXVnNszon6zClm7r1h3bWyoqsLagGHxE1uYKoCzM3zZStc91i2oV1sw2p4bPRmWfWdRE09sCnFAe0G5ApiBpOAOfDJZEh9I0GJiz7B3xW2Gc6kOuzSA6yggVInnvdr7C0/zLbCA3KkdWySrDgdkArM+NTsGWckbfVxCGoBDGa72MhKYM0PspxxcAjsoV3glzI3Gq7p8GVc8BC/6k8NcUX5Wq+i5tgGSVh+RSIYnRIY4aJF7SancUPjrT58y3JHWF2A7iQt+EuoTB1tvQeH7pRAXxhsEwhn0hgLDEMsyjDTj58lmmK14H5pLb7QeWyhzi01kTmDDDSTOCBEMnDUYt3xFZPCQXEidBMSUDlZHAgHzepdvjoJJaHrIkGoFlKsLUNpQ2lXeXm3BLtKey6ZFF+ysvMR5TrcKcvrx6XRHoNVSJirUmKLsSQw6Azkurl64rs5FP++5pcUgicaNdJBCaAsNvdmD8TTmij8qpvQ4KdKYsMO1R0pCheZIfbpDFb2BF5jN1AixIYDYKSHLyp3QEf3iM9iSoB33SX+yaywnMW8zrZmmdFuguOjxgZKgM8Ro/ABZ5gnwZCtXFryi77dtCmf4flYDJcJFJutwnDJ0AXr6i8Fd+MAoNUcvlleHapLoYbGu+wBwy63O6qSq03LCwqlNdkWMKgmGLSmh14C9i9fs/gdd57jqV8OuCAfP0RLeao7dMsCM5WVryDTTQYbWMW4CZL6ULFI0OiqBKDtvdST99KHiHc+9yWe7e4ySScUjQqx1bSDRa6PzqIdaIudquYNaZT7DKl2q9FU9G+J4JVEr2zJIyQZ4oZfq2Rh6LkY5t1FIhzjBGNBu1cdUWlSgq0xgFhCO92winsBsnaP+pc7fdRsw+axgR0kcEjhR5Br4a1tZHd32EZmeaXQaqksX5tu1KUonx1GQQmxp13/VCEcMeaLApvXxedNI4LjRT9qavgZisa36pk20KXQaEu6DNzDUfo0FoYcl9a4/qR2IlzHFKe7pH9BBWDunYyIIhuXAeFxnkWWresn2Lfo+jFnVs0D9Mz27/gOohBA6Yl907zq0vz0A8OvfY94/KuYMAurJErNZNgk7BdDr2cBItTI/X0JkM/TnE9VpQbXPTPpGasu0eG14K8mveUDLKQbhhw96tmnVhb7b11ItnHg2revmni4ezTN54JVwGrpdl3N4WaTyh0t1+M2NCr75QvdmExdyeMm+pKq7yp1SKraJB02+9zPc0NKI4Qqq50O47esA7aqIfH3HAWRisRpjnX3rEMAmpLFkUaayBXUwS8rOvohOKmsEg5m0Dc+DWu+6hEBRrcZPblqBa3+XcR3HNdTDSvHd+wzQUO+vBR42yjeBlENwpuVSwixfVrivF8TjDUEYbHrZHcbh8fM+dDFZVeNSBVCdxuZsVS5qlBSrcMKoiCSto6drnID5B543EsJpEz4Zj6g2GS7tCoUpKP73I9v7ipife2DVwnRYvIITrqjdSppk/7eUk2HbtomGCgoZu25ce6wFuYcEB9zJ9XSc+oiTlQUxskIpl0K1tTXB8cFaRfqVZhx2530/lX0L9zr1Md3tiVNq5Ipe1IaYDHXaSMCnVh6ZZMw3K2I2ezT1pLmvid1hA/pJc8ccxGFRq6UGTSc2EJVijK4qK2rIx4gXjSFj/kY9mivQrIKAKBUzKYdoqqcpTVo5ZtqligV1V3GL3IriC5v06pX9P+2bR/F0Uhx0jCTTo7GHMz9FPOaEtdpQeb9AXqSTvbTUUybU21RvX7XK+iUqfT3KZ4mr41YFrk7YNDfHHi6mNu4aHc19nj5vGZXksf7qieszBwpEmG7SXkuxtNxeM85bbXWX63ODHorf4H+kuGQW/Nzw2Dir5/G/YR/z/iiGqf9X/UaqJWLX9AGFtJ+Hr6KBkAiSVRpNxxHs38fLyE3NssvJwR5VRHSpnz9WbLzcGAticA1tu6LETXOZ7tNiZ3zNnjxh3V5ohNW6uFurbr6y6rxqkT/VyC327qPQjoOHTEYKBVcBZNj9SZ+dh45DXBUE2dXUzmtRnaYEVgToSOdBfG9BVkaMqzbjqXKzrLZYjWmZl5SSalvLDgmTDPU/3DRJ343pByTgsZfWveiMk+07iMSSjFCZuny02NWvLbBMX07+mmPwvmau9joWI/QQks9i43Ia4Piob7+be00NrJtu+V9pnycmtenzODgesxU/Y8Yt/YYSu2D4z0MR+xgcpkRys/vhs3FzhHvLAtNi5uFxc6yA8v9FjyzNDD64XjD230MN+ifKeyj5IVDLbKDcNQcKgj9qUJLp7FvCbINxTKFaXzDffihtM3RggPxgt9Q7BZwxL5367Qb7UMMxa5POHgCef0mD9jqBY74bSWUQdNW8JN26xnnOvP7ItnQYWmikrkw1uRHe61z9Ldh3yTLrafrTq9ulXbvjFuyN+10+pBe3YoAdS2xH5+RXVS4Zs3ru3izA3yhlV4dap5aRmUaYTyHPK8IK33IuWoaA6qSuKV2tJdHgWoL4RR8y4v0HneeZyLSebcjme07U4zzcCihEXbTye2iLNPZ6wXdijtpS+nkgcfztorhU++etu/37jjcywZ0WLBqHaysKI0XAoTtmJW0a7ZGCkFHZIXODvNLV2yNIt6BqdKjTL7IrepD+LEJ02AOzuXMoDMlCskPbrBTR4peKR1LW7z4KrtG85G0BQuej6r6bNjdVlo9iZFmAlOSL01bYlRWlUCnxvzRHImfIbO8zlKvyfpbrsZ2lGjGShFrKqR5MRUClmqjlKYJfT0jwDaYI5B1ix5j8oo1XZuOKZSI7YAj2Y4ommmaPvGTLTla/hEoWPVYxKuU8DScqw+0xanNb3pUUkOXsbPRyGKmjNC5WUu8iVUbHnzQZIxUoe6nKoWLBPVq4dHmi9Q347RE9tKfbsx/7doz1Z4nv02z2t2oJe356fB54vfqxefCR30jAtImYzbc84S3aY2YbtrZHk+pjfO8rm7LVAaik7xNtEz0iJIE7mdYDNOgUKjYqJkybJFsn3OOt1yLYdLpI7ZwZXSnMxLWK9f0A3FqYxZO5spTa2OGkltt1fTPUAMs2R/amCoT69/+tXFWj7/dK31s9vH3VYYjU52k0CFhfpZsRavUP6iaYazFUYiu9VTWB5M9A3SlHEXSRAZdSPxKfRPB9yMgCxb3M4+Lv9+Yj0FR7t/q0oN94t8MYU0PPpFiVJuHCphELv+YrT3v0o0kFqZlrGrEfcom0wGtdGWxlbADnxyTD6sq5zHv2WuVmH0yQP2VU9F5S5zSbK+HcWRgJRd3NIelDrW3meGpyavidhdpZhtYdYdtFzfiNWnZn5rieENVX1QWuuySaPRSBmSGOJ0OrsgB3Tq+GpDvhEucdb74Zui5X5INZ2MKLtqYbKapM4IgUyDZkRnvhWRtaaVHWbBrCMXmld7vWWyf1d/qTRbbxwW6rKB7MyDGacfFIsvfBM80NEn1APDY/0ZGfINawjQVj5YShx7vJXYCo4Ro64u511RjvugRQNK+/8/tilUJMtyuHn4eyt9OSK/HpYXByXm+fhso92kg+xO4+zcaTqTQalEDbo2IKaYyqWKMtRpUpSWS02moExeipIwYtLrTSjsgk0jWdkwicjL9J+9gVtXArHU3aPH3pUxy7Tu1a35aUxUooo7X9y7pP+MrUqpqTCzzJpKqmOr9IZMToeJhcbnfwhQjq4Jrk9zk3+mDPfvIlwP+Xn8kS4CBL86QBT8BBE6SzPAjMwb1xJv9tHhLO0nNYMaspsPH8RBhFinWkcs+M8bjJ5H2qZWkWbMjiDyFdx87CBBiauaPhWU9JPa+m5NZW/Z2ZnVPXkRArT2k4ucBHD3T3O9PEiTIEMrbYPT+gOU7K8mU6bE16qn1gen1WOUqtiWmGYpBQzvn/5t04Ro+wicvamwf/o3TeNHLsWcTUBIMZVJZZT7ZaVl9JWA7kITgnkorodNsBOOKb3OeCKQBXjpj1J9ct71UvN4XqRIfpvD9uta9Gwf3W8J6+sNrBicQhx+uoHYMHSYoOAxzIdfU7yCP+Ut8j8FD96gpP9lbEihCppQVbk7fJZV2e2r9JjdAGM2/SpA9pOdG03lUmURVDy1PrSxN3qjDkXUGpNRuxF8dLT20Lro83HmSoWy3DBNyiBZZkuFAlsxIWZtyD7l/PddesxhQGDMrgfLDiOGzTAo6X8YXf4/0UuNTncETd5grF2qnKpauEhjxnR6s1WzCIgp9iqxumg0qXYazUbMoM4Woacrac5UvM6hVxQEJWh5ay0IkCoE0usQtSxHjF4P0e2p3gYnpC4KS8Hw5X3EING3GAgpVXVNFUlkEqSzGiC9FUoikyprJ4M3px6Uznp7ySagUo0JXJr5tvj0A9CQ/6BAlT4OzkqkXs3lmNNLDemcXMfo0VmacZp0wv+g2cBJdSkTEqx6rokD+LeaP6uuabo/h0s6uXNa7oc+q7jVVj372Ryuy8WZ0/4cDCe/6hu1Unji9vjxD08sF5Z+1WcD/KQ9x0JsJ+05+QT4i1IYCrg9oUL/HrX8M40U5ZvIOKw1vzDYUOGbGYi89wYqsaowJM8oy/1vjlQoegx6KLDShUAwYceczuzfWBmZVL/R7oZ42l2MaEacwoHcfueqbyMcD42RR/UbvW6UM/FDRjSjFkl1M9o5ETs9iQZRM49FLXZx3Zl0iAtcFEue3ZiSFCH7ya6o2SkpMOEw54cagt1loYYmjxY1I50IataqESvcCSNWIKaYKqXKMrTTpCytlJqCrZNGFJJsRKPRW03wethq1msQLYscUdg6CdwcTRBlfArf+4Q5EW4o6w6GGvIteQ44JSVqdhfZT0aSUox5do5HY6SIxB4NjV/IQECxVKs1k8xmRWWZyki99UddovZzL0LucOFtaltlzbk1Fjwi8TSdUyxHMG1NldbqRdxeNJuJPBLCo4KKNxBS0HK5oszYiShKgaEeuxSpKFBevpJaDIqfw2ScZQrOM3FQxAobUCtKjQHvt3YRXUE0z2nvJrrpo6h/+p74fivoOkocFEziY1GhpEToO6vZX9FYNqWsosFv9lqhxLF3i3RO0p/HZjegLYJgPYJEqoL+16g3ksxGPZg1v2JSoIWs0cOISoNYkTLgJy7N3UNE3zlJAN/R/A7YYjL87ymBxFa0NU8CwX5yfe32h9UnYk7RI9t/rvsFtElsHJ5V/PokkWxkFjAOEsDE9ZqS7otiBItSM/yRgCfiCBQaD7Ijfyfz04z0x8xd9p2sxxkZvcxdoIRLkqC+YTBnhLGmoCKG1b4glir0NWhCxjzUq0dRZDUSU3qdCRA4Lcg5Vld8vO5AsiJbpbN9vcMLmSyGTtbNEFlmuNOwaREcpZg9BY4/nR6/mZ+1FkQvQll8Mzdzdn4b5kL0NK/Wv9Vl1+h1PxwTDTZmUd10iPunjzNKervkxPDlHmYM+U4WH5WWJoTdkl9ZH+w2ZhfjUs1TkqXM9N+0CADEhyL0mbOg5wn5ZN32YZHsPppmRZ7Dkl++KVhRT+Sfceu/pPpgBB/sZG4gMi4DKXKT7sKq+tJMciIKW3TaLv5alRargZnvucgSNFug1LFZz+/1TMBH59oxZylexvUGHdvIoqEsrvwJl/nBbkdCYDTusrvLCypBSSosLymTIUhQoCAgmcCTK9QUvqIYlKVBBWoiNJAV0+ksqCE7V6CBrUrdsFqNorpUUGPLdVnNm4nNm8nNXxNfm41QJwEElGBzU0UZWQYbLWoNYoHnVipam8Db45ySGc1dGRIkY+W05uJrczCrkIOr5nMqx4yZy4HmF0Dgm/vniGa+u5gT0s3Sr6fT21yGWUB2Me1YfG19T+1lNe9ybUNP5FjChYm1U4/WXrNrXs2cdhQcPorfvYqHP8gvP2s0nsXb8isSHwCSlM/IJlaR2hlWAkz5TD1y2XgBLU2ZKbNeliq/E1xaFZ1j5vHapZP4k9I+H5c6MYN3lJ6Q8/VmMRCeVrwQ4+IXisOwmiqn4iKCiwRCytVLQRNnpcLkhuzum26wD91Ogf5NelTGNyA9vDozosBw4jPDp2vCu2bOWrSDACUl374qlpdlG0xWHWK3GckoVFMelptN5TOVBWB0htNz9KSHAAyKqXLy8yANFosBNtt0inhYzLCL7D3IJ+aRF08nhKc2lyuMqtKQAmzqci5n7Kvkn+O/O0LuAlmUouZiiod0DqmNcHvcBsNh4224QEavmUNkjfhxflLsVBoDoLIxZKtobgLZFKxGp41galpk4Bg3fMMlE6LULKhQLZ6EYZazSod5EY9vJhJDjvOCk9ELU+rJs58H/u5gy+EUKQv1KFbqZpeLesXmLMkzleq5hC8yzyvP8bJtZaaiaTVhrwGDlcIc666gyMu1FRk10rxiodGIBB0aoy1A8K3Tz8u2CFSYEZzCj/WBoiqrTVtTrbPSd0SNbc5RpcR8ed20FpknmFHgLceCkRoEfLS2sHt6cFkqdxOLtYmLjUC9HsTicaOsLJvzg7J+BKQvsXhdiJW1kcNazGJNZ9HMJYHjyDvvlMYMk8cGI14XIMMPjKEe0CNtFhY/lSqjnhxQssWg0sj9lNGvLiiRx3evS22Qpa+VTXulSum5i1khf3KdbGBtrloq7G5UyA6sxQ7i7QesC06PaS2Cbl3MUDvw4d3xb51VK4Ymeug0z8Tu7lFpWhzeIruvriWS1GatWGzVTv93kUULKdy3HN51Lvc6j3MV7NruVc3tUAHhRs6XTOaXHG4f7NzH2elJgp74Qp42c2PmmuuqdBLhp7rwgy27qIybeEYmP3SZvX+Db9XyPOC+lKycl1V5DHu8U9movKnVfKZ8sQo6jmdLFkTBIrIjqqlStTpSI9FEqO28NfD0AfLDCRnixPR6+cmAtvvbsSqFJmjSikmfsiUC3SphwfweW5VMXYZoRYU++dwIWWgFqtc5TXN0lKDMF/6sMJsVSrOJFmEyKRUmM+gttUmVnosK5Ctu5s/xWCGdSoiF9W16Wd7joSnjg4Hg+CmHCPNfS/qwgE7QSxX/86b6JcI+rPL8RKC1ww05ebF5OQ0XQD77cz9awfq8Em2cFOzKuvbuQUsS18V6ZgNnQ6p8X1DWgf3vX9Eety1nbr2+rrfSvm1BQ3Gqf6jUJ2/39npk7WXEEGhpK0ISSwlZu6fXK28v9Q35S1LnN9i3Vfau23od3G3Q+7hCJ4uyk12GNuKNaBnb6UKH4tTn4DnitLRN/kjE6kZijEuekdzIThFbQ8DXACe3uDEmK1ssB9WRDnYn0hhgCZ3zg2sN+37BN4/ajIN1DUfnL/vA0kwcAcX7QCd2y8QDONCHXAMuoJMbTQVMILnJCj5rNRaxV7n5Em/yLr+905R1/fXDFuKsg1gj8+7KIDPQm2zFoaSNnIvGX31d2wLW8Q4sErgrqN+fcIusIONvjTvqICqpv66zojN+HcjOxLfjG0QHidPIGTwIwDsldc+nmmqfcp9xI2fesDZmliEAp++YfI8FDPnaduI7Z5PmxPmqWUvwJYoZFjCZ6Qscw48lTg6+oEun4G42W87a3+uAxczPhz7VftpH/qbfszPioHT3kB/wH7SLKKWY3yaGvhJjrMwr+OgY5p/pafWCpcsEYguLi2RDfojhZ6TX65bOBvpW/sBb8VZiLdS7j9wHLA37OnDeKJ72oK+nrN2OnzoHtKVaQ+qgUCn2d6DLP3iH0TN9B2EUP6EALVSu549q7siIUybJ/ffC+c1MZTE7eaf3rJo7uPfg3YhzcTmqYp/isD9mB4tziiXsyQqdQqf6P37xpNQMRP/2tOC7q7aPxtGmAySZU/EeNMfgFs0bGKSFS2diu3Nn/4JlRrMJ27JW8q7+Wdh/lv76oxNYeo2tnarn48ff4idw2cp3xLWy1WiTOuouspGX3MxfKNi0LCoh8ghyVHugHZv+lKJ1FQV8GuysI0QBiruykovHaxnYB2Ledg6hk7vBPxtd9AHsQ09cXMWPjpdKyvF/Gn3rA/objesbYZQx+O9RLtx14ja2wOEfTXSBYDMfa5mlOeawNo9L+e/b+NG5VgWPIDOF+ztxJkvYvZeaEp+rTp237gUuSW2rDd4VS4q+Sut2ODom0qhz+mtrblp/NIpK6vBK6ptl0gXrFA5HnVJXaTaISvPVa8LkQRlqc5jQXKcV89qM0L8OXEgz2o7qtLPvUuGMdCk1ZRI6e/CMjt53bqVxMjrlwo50+ruxQGmd2ph56kS3+nSllSABThS7WVcNIk0AzY5NAOOfRyYFKfAEbaVWAfBewE/gx/+Ilxpys6/VM9KQWmhXnn101sCfLl13w9Ml13SFneei9ZSxKLPVtGdI7maPWzqrJP+tq/gWohev7MEZ+P/fJt7EDavjZgT1dOf34EXlAPeVv5NNAA/viNZeaA2LQvbBKeH990hlJz++uSN+Qvs5vRds7MGbcBmoH2LgKJoY8/izJ2AYCLvmx5Kx810gPeTSuMD4pTAEszpumxy+N00FBaWNNHpjg8/3DZH/K4XOmvCb3/+msLChlGYcys+/RhDPfqPT4575fMDI2ZHO5abv4HCOCOEghEdA0tJ5pbG1NVF+Urq/4F//+d7toPDK6vzYD6F5RGyoGuSR4vjPfp/9jVsDoqauMG7endhiybd0d31U7xh9LEYoNmIngNGsGubnoXlhifLNq/2CS0WagnrSb4HUkNVm5H+EfhQGB99osRnUiukn63Mk3xJwhVtS+BOF8KX/B3G1ciKYbTLRq0juSwjKUL1a97uSDl+9YGuSCJl2dnsLflWC1+BAP9o14PpunTu7jLbbb9sNz7p+Dj93KbC3weaFrGUf53Lm8mUrV7LOpFfkq+cIQlzXStetW8pgdvK09wLg24gfwPe/jRcKfMhUEB/hOnIZG3UywLCPv8fZ4vcfYwAZwvQ2TMfRYvf+SBk/Kx3zrwYxm/4Zpy59JYLT1+a24ddugzf/yHzfofl5k6NaP8nS3pnXEgWGHe0nw5AGgY1aBAo/WiuP1AXFyASzNzpqZvi9+N0g8f+hKuTaoo2/sxnRx+5TNmxBTagZxYswDXgTiEb/f60wABNlAnAZ5PJR8ds+O7E1wvyV8Uvk5FZirzU+Q5AaB1wo/tApZfwoSCGbjhBk/GMVWI762zHL3ICPRDqmW33uBp2uwX3Aps5gcbdJUEuue7rbkotKtvHuTKBYY7Q/89h5KjLUWuML17aUYq7orKsVisniuiz+bPF08WzwhEKUFHralSq7KPIi3caWZNtwrkrny8pxKUnqjP/R0+f50iY6sva+wt4va/psSlcILnCUl3mZrwpXX3n8zaGd/woMHR3015S6cU9NiR9fQa7AV4CMjaoAV2NpD875UkDTnuWxRROLkyyj8wM6rSMvHJueel/prCkoo3nrvRQkWD+PR5Mv5TJED4qSsMQ8v0Fn90Kx598ekec2kJWJxN2ry1msXq4j8e6VJUzu7lQgbHC36I119k67sa5F7/Y0f6DmZlKoSCT1azu1Ul+RGIKEDNRS/EYe4tNYYMVcRTQ1GvNYgKaDtHSQPlfsNJCOKvYVo3z+jV5q3GAwbXi/qOw9S4vKWlTPJZLnKtWys6q0r9PCYVOBlmZVWBYts6kW1uCZkzxLqNRaD2NSbo36m+QJioT823xqlZxRzb+Vn87mJ38DhBfMhBdFpd9syRsI7Msiy0oWCJOz+COF/JGgxFhwMxqMoYb5avbQBR85u0gcB0FSSECWRH9QubqigT/Ykze+6I9A7HoU9S7/+SozzwOON3/Cd7fYKqfPe9CD+7J0NOHOmU94u7GOpSSPeA9LFBzyFFWY/ZHwce5Y/NHGcRxzxHGYosmhPPSMHvwrHAR8ZnL2TnxnGzANsHLJYX8NMLrkRRm/3+Vhhga81ZxVWq3KAOsQn4S+YWFEFrbkke3HZX+Gf9YWNwybgWaln+mnMgL3SjSHifqa06NLw2vWVpWcHpsNotUu0YazLpN1TeWzfIH0TnxnF0aHm7Fx4V+1C+pABuuvhffzIcozIXfxp/wuACAE08ycPH/G+/An13izRxnedo/kdmb93dxBiftR5ps7rqU9jIlLWS3yeRNQMILPpdFS3OjsX37Af/glsJ8TSZ6oCiZsxDPxqjnvIM54y4kkpYavsbX9UvMNvUGZrlkZZ3dxlEjOrSMltpYbg6OAdDbAogawQwqQZMeC4/I5l14SOMWsXRBgALyEwdN0yRiA7yWWC4nrBXjty/oILoDC5KML8M7AOrygvJmf38yMLAjhHNj7NTl4eJEM+poDxv18loaebfjtqu1avME49XfjdwMQ3jTzJ2Zp0g2DjcBykwVZfl17Id2KiLSrOypak6wjX/wn5kl5bPmTmBd7AhUD4YrzZMfIgs9mkDPIq40s6JItpXuz/r/3doCtumEvkI1JU/T50I/4j32zdR4howwl9SkcT6qVPwnPGxs7g8Mk49s1C58pn6k4OQjUAyyIo4wBXGXlEN9SYGZmNQ+Tg3bjXnB56Cl5ZSitcNlUUA6uwK5QgIPLMbndfUORp5ynJKpd6trS8gp+WuHWKuQrHCcHwRCeia/Ez+Fkk0tS3hJWGehzG2vnX9qxci9D4e68zeolcz4q6k8HOugj6sNEM2kuqm46Pbakau2acClo841N5SLbsiuJabLSX3f6Pb1tzdpJ+tPjql1WWLNqMtFYQ7SXOUXo37XLJzg9tqF9JjkTjPybd2HyRCztNWU/bOYmjD+5dKwkpSL2P47UvFqn7v5u613vT4zum76lxMC4vDpU9ZzmQ/NZ3gkmUsGVm4qlvGvXIH+3yH5ZRH5UuzIUwWsuD8nPD+O+eFUU0yCs+Vq5zb0hud1rCpNga1WtZ0jWDU82MGBX3G2Kjbtraiu+v7LvRV2+BkTJKSHec+91qq78QwDKjZPHMpKuM+DjmFxTck9MHhjXZA8tI7vtJkByUbwv/ZywOxXb/bCcwHmqMYDcrsiCyDPOMzXAtgPW9ZnXDeUC/tW3YwN/PtTPV3p6tHVS6Yw430H73gmbUGTzBJDHZP2oY66Pb4zs9GRecF7wIsVSPUR4I5xrxBtwkReT/M/pFTjf2w2tDXIRV/r8klZiMAQH3PpRlf649bHz0kwpK3uTli9K5w/i6+LsG1vEUPJt9LLfaHBu2e26+NGWs4bZ/2vk+4aUy2RFgkFksGXgaXfLGMpS2hf6bBL8ErKDDrSiKbuvsRnLTo0oe0/ksk93IH1zSqY0uCU0l6+qFNDsM9jGohfKnn91jNvyykpBE9/Yn4d1/vH0D6wHjbtNJv00eNFXgHaEaOvx25pPTXcuwphfshYtCZ2UTh/HgAZB2cYo64DIpXil66Q0xhBajDjxFqMHG8zutJzaH5+EbFVPcaEooHE4JuWGH4Pv9fy9dIlJgej/jht6Cx3CAlmBWROcQBdpk6Ro1w1O6U82bOSe3PIoxaIcpdEQHPCSDbiM4RUSb1vnD+KnF8kkW8pKwVYlMG+wwUjTXnqez2H8MUrvZQEp/3VzPTiv/2Ow9Xp1QCyvkfkeM7rVEfRujUp3Gdha9ubGh2fLntLX4q1tt2f67vGPPNY4bWDNIZns4YGFn1lNm17csPHavlzjoNHqNRq9dtzEzYQ7A66XOSRRVnJmZvI/SgL8i2YUjZ18A54VZhalT7kBcy5aWTSgqGhMksFkIOFsFQrLfcVVHef70oFdGaZWY/4bAKZfrh24eZbNaBBnomk5NiY7NrH5f2BQtKt3lI6iCpdP+RJdIhodfuqoo88E4beYd772izd3AuWL3pQPiG90IXaAH+PiHGXOdHE+mfShIaHQtKcaGeaNCbvFo8uZSXiuAWeWV3s6fazrCc6cMdW62mfLrnG9UfPMBr0dy7FjhBH8R32PYAu0i7QI6EI6T5pfJ2UDciCUFvhICyV0Xsz8Dleu78CvSeVUvlmns1nPo3qqp3qqp17Ui3pRr81BQOihDMdFyqTTcdKEb1IWHRORIGVopUyg42Im1CFJGi+MzXC3g12zsQshNWZCS3ho8AzaPNIKTdFSHPihpSwCJm6ezNMmO/CDTnZnU63F305iQnEPJoC3dBMZBWB7xhEDDuzYqigQzqBRaMKVyZhvoQibDjz2Wa/yi2CnELq1Wc1FDhTXQBRxyqp4K/nOPAHVPZrYwpid1r4EVPANerDNSdSHxZDQv9raWW9fXYMOorlikQNMBqg02KdORJ3sCYHJJOVXRrEgM9TbQqPcCpqnYhwDahbfXaOCNf3rrA0xZt2N1A2koEHxkdjVtfqfbeOeZ+NbiHlkI3r2AoPw6yLrLVVDYrZBeJtxPalE1ToCIzvJmeG2xmHiDsG4Dy1/Ak3Ln4Z+myzbG7mYrbVhliIjILzp2F9bqA6HpNUQmAz1vBpQ1u8oqttSRI4CFE2BJDCl1GFt3dC2Z0AUsde6xHtInWsYu52sn5GBTGRhIiZhKuZhPhZgIbKRw3L/OjLX3JySm9f/6/Rz9O/4dQBAU7CKAS5/uzsKmSDxF68D8NY+AtF5ABRYHgR8AGTETz0j+o6Wbd1l4diQhXIJMp+ONdEeJRxekOfk0P9HBpxIpGD4YpGMXG10BJB/HO2zwccmjV3Ng0GLDefosDkOQK6lEkEmXHfsfzXeIRhpl07G+NrHVsNbg89GLVtXAv9XEwcy7n6D0bBcrOp/Jc0aO6k/QvMwaBcFxZgee4DNgI+oNJwL6+Er9hg7Q5mwF3sy+4WzyNXUetxDI8hnVIc8YadlDaCGaSt6oAFkfuOl5C05kj0Ix36STz6FQ16Wu3EUTh9LjvLJBPI4av4Je6hgrr2fSkPvZJE3KUKhlbqJmIdBXzU9QxfrEjsgxfg4slqpdQIR1jaEYzIC47VOiy3aJO5AYBGS210knawHRg0m0ztxWGsrwF25aALpAlF6hQZYJoMaHuS3lPgx1ss40U50cT+g3VbgO5wNp9ASXE5t4HkBe2AufNnTCZSGldBYWIZW4gOcV6Dd9wj9gHPKH9tBRbbjjb3Dj8Ip3AVbTk/B8wL2wFz44jyBSKyE1n2CcU+SwxMSur9BykQAlDzGIo//4gQAE96EEIOHAoLUsArqMBO2Ge8hGrJDBuSBglA0GoIOkPPkGXqPGlET6sQNeAI+DN9J7+BPaEqanuZK86dF0FayDewPXUVPopfyD4xQRj/GQkahWCW2iL3iClPATGBOY85nrpPfma1MgkVj8Vkylj3rtGawe7KPG8TJ5JwzNzgPOS85n7gi7gxuqT1ib3KfcN9xG7lN3C4enefC68ObybvD6+Ijfh/+YH4qP4M/nX/R3xL0EuwIbcIY4WzhW1GYKG3MMtFm0R5Rheio6PGYUppNH+qkXvo3+g/6f8YVF7JH7Jx/axvH47zFp6E7/HdYi34o/S76Y/Sf6JJb47/Ef43/FZ8LvPnyCPnU8acUTIVY4ac4pcSUQqVGaVL6KkdPXKX8qYpJK0qbnNaetkC1SXVAdVR1TvVA9VHVrOpSI7VC7aeOTyfTp6UvU+9Wn1C/VbdIrzKSMrwZkzO2ZDylmqlF1HnU5dQn1HfUf2hxNCotncam5dDUNBPtOzqVzqWL6Rq6iT6F3ks/T79Kv8/QMSyM7xmDmUWZPzM9zD6WjnWb7WH/zvmCy+NO4w5yf+Il8SS8Il6It4D3b95O3uGHV9fv/BD/iyx91uqsS1nXsh5nvRaMEeCCkGCRYL/ginCMkCFEhDOEj87+fSK7Kvt29ouc5Tk3RHTRFNEaUbfoqOiC6AuxT0KVItLj0ivSX2X5shpZi2yR7Ljstuwf+Th5rnyq/C8FVeFQLFDcVVKVYqVV2absUf6kEqhKVB+qzquuqL5Q/aPWq63qOvVm9S71ZfUbTaLmFxpcQ2oOat26KN1VnV83X9enz9W/hDzQYmjAEG/4paHA8KHhiGEAToGpsAGuhpvgP4y7kPnIAeQn1IA+NTWbnpmPmx+bf7RQLVqLzeK3RCzLLJct9y3DVrXVZfVby6zV1ibrDOtc61LrWus563XrV9a32FhMgTVjH2C7sYvYVewO9g32FHuL/W7LGKjs9lVuEKGCqAL3B7KTeOCtG692dvU2RhCxt00LhPw7nZSnnY0q96VH7D7bzPnTLAogsyz2tktACK8f//Wjv34mQ1yAAKlrjdOLDno6gojXMwsLqJF6s88BEyHCV4HAXH1mqie3M/vByL5jtGbhYO0+yHP4+1JTvxiWo/Lu3C9m2r1j5sfq4zfBcAjW/+hig14evQJQlX0nObtOxCYFijAumqtyHg53jTPLD1uDYwM7KxKwGD2KyfhQFa44Ps5z9AE3njciWI0nJU6iQPlnq0IoFAfP5vSziBdJyDmVh7enKu7X7PSpNuuUnOnbkQorW72zYEba3zvb94mDSIgaXs2YokJ904jRav1uaorVXmaehkTGLdhQtyzHkrBDGZltPGUIq30rPVVUAS7qljQsUAjZ6kowPb1sdb4W+HjR8MFKmpoXB1Q559Rxr4iZAm+bafk5aBUZMB5ncFzmvFjoIEKkqY28pXNXsryZyriDt7IJUStBEgk1qzy/jsuIIDUjgKCVn4RivY/gRoWSWD+O4MpXJrRurnxpRdEf66VaE1uN6LzT43Cwhb3Rq2qsYkMsRNLyZHWrGLJVi2KBO7hnDxznTAxHdA2EPKTpgSJFT9hxGSIgtrqDUAzp5PETVYMuWfOzomvm4wRPuTID/2ZYIfk6J+UsQy20/O+x1HzAF3yn1e3kpmlzzM8zqiy+uRRL7rMDARIkBR0zaaon3aPeFdu2f+8BoOtyq3gbdc6+rj59u0EDD/ESXGXaVNXAy9vF6SeOH4HFy4ogSRt/sfEArAcJNzsmgO16dOVp3awZfUmuIH2nRlCTo4EBLgZWfddJYG6sr2vKcbu9GZ8/3IOKci1VrzYPN189hlcMLVB699Hj3cePRujhNJbX/R+oMEPLNiz+/yXpQw8AXRK6HTP5s38F//wupbEhRaoBlwHHES53xowfeXAxH3N/OmdGl7rSGbW8efoJkF4Z3NaEczDcJ91mWoozPltdjZW/BBYr1gCk9gY3cYb2pjdK2y0Ws2EUgK8GNG9xzPnU/TEeNW7+utZD/zJDdtWizUtY7uuS5gUsxEpRgTTZx2vZFbaBuH5VPsfT4EOIQsFNYW5Zz2Y7H0KS3jwaHsvLgWA9VMHV1Fsahq34LodXnizCRzkCvw0/VTf4Epnq9g8+QEEJ/E4/78j3FIujlfJ4mI0RPvSuWzlcgXBfYis0kVWaoOgffS1eXogZ/q3bbT/99/oVEgAmcMyzSUs+8wU2tgj//fvBv7amP68ZuBivvfubZVHUvQ75RFfv0VLYXGhTV7f9v6OtpaVFq/3G4fLT/yGghSWUZ1IXaDcuHCopK6wsuajQfW2elt1TavHQJfhBJrLA5ykVOti+5bROTFosaVFR19sI/zeys3LW1LNxYX8YwbhsFeN1hBVEgdYXwRjyh0kjtoAIi+ocZekI2j6hJezUs7eoig1xLBT3jIJt1IwbULA1X+/CdhBdmlC4eNudeKjHuCz0uEaQhAf3Jqhk3FMUorIMx9buLd93EviBYlcCt1Smh7FBat2BicNo5iJ9JDenR8O59UT92nvY/6FXHI2Q2fANnM+CeUy6CIGoRL9ErMRF+niUILOn1nN5iZbD165X3ANvFk1r2mRhRTHmP9ZevAluSf9CMs7ZijRfA7nYKUXOtFknlYoIDnpyx8PBvnkzMkamqocglcmBEEaeuXB5/ySK/L3EXxLt7v3s9H+jpNJxQ2RQk0N0Qgnwwl4gf4jCJQWDaOUv4FI4WE4NvsG2ChFCDzpg+MPl4Gq9GuYMv1rU/TSZyHyU/gM66mfeq7n8W+nCwv8jOpwap8O/jVQR0A/61NkN/ZgpaKcMXbCCm552caMh4RBkXPHWVR2JomTHS+RrVt0ATFhK8vBlG+H6SEAJx8V3CO72jYn1OefZJSJQRd3F8zlI/h0MoSwWacQIZsEJ0eBCNRBEhbEGfPuePOwbUizrO+iTCN7g7Rw5zq03yLCDEr5Te+a/PntkmHvVwFM1Vsq8tRYBAbhQzkRENfpjeNNVHRYJcj98N3HAaMIeShPhZlK8FawOArltpzWlAIbAUM8jSXPu3zXyxB8jqAylb+QUWEbxeqDCP9a3qOExPHSM7Z4g6iV5Wml2EFKCPKsklOFShFEVWvrEA7W/PipUa9K5ZU99hLTOSyedJ/GLxYH7/6Gdz+ZIm/J5CSNOLab9psAeqEpeWmrMfg/7iYsWIsSbxu4Ud7JuRJ5YuuJwwEGcFJPI7HejkYduQUxrYOEiXJ/O/sXsLwoHRjBahRQmhobcNLEzdOAV1gkLZAL3SIoV8xD9dcz5Buhg0AEeUpUMrBdm46RHPUb4U1V3C/4FSlBmu1NnOC8lthhePSCwFW9FBSviyddukb5kaqnhEZ9ui8XTOG9925VrdPp8W+gBPd/gOxRdJpMiHzKjw00IIMnkIdTjdh06LTE5rQ6wE+rQYGea/933QgX+zblnTX1e31kKH81xjuZK3C1TCIAIVndXicbJiGn5/QEfW3V0e2tRLG5tr5VX3ymVevTWp0NjePzXD3oV9FvGyKjtp7ZdhHyCo0Mev+95qhh6T4URuBWZ3avWxDLQrbBw3skd/OkokL03alaBVZu/38/Iv6fWByD5sSqCacXJ/sa3NvpbJWAr3rdbjVbrNDtwAId9hpqg9yYmgNR0NG75NrZnYFVzgv0wi+Bh/ua5AUGO/6PK+Sa6Db9uzxQ3PsancVvJpWoXQoT19CO5fzYu/vtF8KjYbf/zP80fxdM//2vwj5+fQTLu19q3sS2/JmdeGvYHtmorSfaKrJIgDKlaugxIoDnXdbKQjn4TwiM+cNRCqrDwLNNNbqHR8ItT79Uo7+BkShKIS7kL+ENTCol4uB8McfZI9sDjbC/L/FHwtI+XHm1mS/cMsc4Nu15PpXGlcw3L4iPuuUoZdg34TecFbIA16XJOkfyrftXzetoPL8chtjM5R0eiSI4ExPPB12Fyo1Jt2UBVA7JJM/tHDNFwwybrCXHJ65RpbtAT/Cv/qDVLJtVx4ax1oXIqe993qgoCIl/NQO3EEY7q2SltMSzXT490lpWXDSMSGUdG/hx2lruJs8ioERgUe0zWvpJ1eyKxHTYYzmU4kQc3doGyw/yWeWH6k2w/L6ZMZ8AI/mzdKm6VSStOsmQiL/ZAmNZmmcwaunBDvwtgzvTEwghc1DLxeKTvuuTX0BMSinb2LVVNDjZH07ndp5nrcgXdOa0Oanh38ErrRM3iAkPGWHSs64IOESRxs6wFnS68PyC4U5tx3G2Gn5uHWRKSPgsD0s3TYJSEx4tBMaFW/AS4xYiqMsWVBr+1BPYvzzSKZOXJWkUYhEF4cnEnCBuZarS832DaKNEZ0rCauwehVTGNCNp48HGWEUVWPGTYsJBFJ5LrFdEfR0/UIPonNI00pLV7oXqJlKNIOH/eINWxlR42JyjYxQ2MgTGZi7PS8/xchaifRFcaOxByVd52UHFOm9H1wfrqMJOyMHkT61w4at7L2w0q3x+3Kk9hTJIc7KWpS7ox4orep73p0sySWtqXg64TkVREloi3OYylh1dU+IDsVFbYDYH3LYI7vkkDi5COxvhOEMg1TWevnlkwiMWTAzBjolrWmwpzwYB/kterHMVwg7SOM0iF0alCkgpty9a6KllcznNmqJZO4/1rVv9VI2TIhiSfh+wa3m5fbXHdUgmInRndKwqZrGZkVLDRgFfVw5kNGg8XOErsTNJV4WSfh9UBc39VNFTtGPuYv3RT+R9p10rTlnGWkfY1vN1M23niR8VGrBn7ipJwsToOJHF5O3+otqMJ/RY+GcURNfgrm4KoW67rFbXYrGx1yOC2RDUlRbhX8BTP1GKaafZpzlBxXNctbVSJlxpLI7oxMZzn/VE1FrYF1k1ZJTiNA2/Hehs2NSI1TpziqXBGmvLmKdow5IWWENrsGUxcMdxrX41LjR+Y5UGbkQFkA7T1YfhWxbJcR/4MLuDiqAiBXGOkvpsmV4NIR7tLD74tn87WrlMLpvuoJ0Pnp5VPU7klvln5y1DoWuZ8VtiT/2a48ZTPtC5QhkOJaWEkjHCcGP4lOOATURrH1MJ2HFvJClz3EOvigXnFnpoZs/8YERXXU3rNlheSKY902JZhi3TPfMsq1eQ6W76BJ+vD/yVMpY20oZs6SKsYiVx1edfWXW9qtPoQBGbMtyNioT0hWqvhEIDuTYW8hbjVKf2BZV9m7QcXR8vgDq7aUILs4hHiBr2yQQ5Cx2EB2DKbsWNZofAV77AzGC6G7SmON6yEhwHpzg1/al7zXmOkKkTORCCdcKaWKRltdDMCZZS1a3Fcwivu/ktgZC3b8O21E778B/BlBPQYnSHEzcvjPBNflmbhc0sYtKB1eOaSxfKr7j5sXlZR/NsMOy81SxzET3xOr8vXCkzps2pzRzkFS5h/+QSzTWV/l6xAXRetZ4a5NutsMRIM8IxbmFLWOfMf6+v0nyDyxC288gZ0SJcDoTcZs7UyELazvDqxdGhfanZmgEc4qR4adJ+XtOAo7IUqJ8UfTs2dy+uUMEFf6N/CvuGf2bJt2dzi0fKyUPKhjEQPOd2kCZ0sSEB0jgNbwlUSWTP5nYemb4UWjhE3qIGiZZMW+z1WQY1lUWyZxYE6xcQlDGiPS3xRojHnimI2X9XSSDhf8Yz+5KEiWsFbBXEns7ZGIhJcoy72ZaGerpZvoYyvoyjwRAg0mHI/WrkXjoaKrEs4JsQODQhwRUiGAFVeQ+eVHmpqrMhreQhck0koSi/vgp9OzO2Lz+78f4f2RssdDh8v28ke6KX3Q8tTBUMIT0wUV5+EZcautW8m9lotjBy/uhIr69sW3ibpxeJkpeKPsoXpI/Odl77hJl2BD+b0chT4f8lScvHAe+mjiKIMPn8cRqdPT980oGKsWQ+ycbaWcOtrC0DFVAlyVmJ3tA7vxD9YWlKLTFujxHx4T6ZoEJQ3vez3gk+YFKacU9eJZnIhFWakMbOikDa8vm4R4E+KUU753FbKfavE48qAsa97bywBK7mQSimArI7qRSG3uDcWDAcvs0dHfj4KBcO84sxWlduDk2mBpVKPEQZbhdkTWChwt+ib7ZXiG/ZZXTe3svBmu+y/OXmhUp5YjsPNgW7zeT/gmgkIMvJCSd1Smx+rmtAh1JWyzKookK2agKf1D9pdNhXffIx0qjden2RZzYwXj42Zx8u+bMUSWVrZIS3aDKXkpZsx+iBO5HHgeYd+1BvGuKP/cXhMu5HgCopZyYJWbXO0JzX0rKpSmrcPBs5htkNc6ZP0/a+085CMeRKorTbBfFa3n1GkishVJdWPUT19Pbd3XeKmqYdJ501lUKZHroK7gOEGrygR0Ul50Y53kZOtDtirrtZ3CO50ZK2jabUgqJ2UalqHEHO9exmgZ1injup8ryvMxLWXPtuwBnGPG8fDluXUKIsHPghdcPX9uBPQdpXUGRBEtVQld68u2fSKIEiyVm48LH69OgMPFbJypG55tnHhdXNVSIEU75MzSqT8P+SmZ2WkkB9c5pSvV6RwfCOsd0zgsZKLy5F1zVmkIoBo96L/aR4r9edoYlaKSIJKVc1FYCiXQxd1hQ+hPsn6kdivmmrrhq1CAcKzUb6Tq9MPhY8NL+jFBCEViPJU13bvFogwmzDGBRq4hrwfj56fUsqZu71F2NLDzlPOQ2k6vEuUghHREaI1y0FWJKydwrBFgVwRUqG1MOXhDlhUwj9IWTOrbmORkZhadL6wzuA09m5oYR+q6r/R0EzzCuiIc8u6GSLq4mQxjEamaJLwCEMOhzzCre9Xmejvs5I0xfQuWoFOPPYUI1mNqfIZKmmCV3hEoKpqD+fB/RFVuE2ndvuwVxEgR/LNlgHDYTeeiz7XRk1QPQpbsGRk2L5U0oXRCJzreIM5PkDltyu0xBJ/EOi72jpwZRlGkIo0gAfCYM019pCuZgfe9EoXFrbP5NaGSlreizZyhgdY2WGPZR7Uz/pgCfqTpBeiB5Sa4moF3Z/tQzBe7GHzt6zaHuX+12xRr8miY6V9tpfdrHPvGkI8AS29gnAIt5cEvby6EHWJMD2cn9uDkMXyuFrTSoDVj5/kr7ga0jgXhPORjA4eigo3IYXZYvk/rQAkhCSzLjeUxuZXr+XjrHWPx+nB8FtekVP322T4rdwcx+53Sfvu2z8OW61UVeCJfCOBzQM2nN/JikD2wqSbYM7cmQPvwwjJNndADndMXBd2RDGN+Kd1j1gv73EdEOK/N2L//hwY9DP4cC4SHmdfW+utvbZdgkyn/NgWL8R2IyvQgEb3jeq9CmUEwUWzx44g2l9sMMG8+MAPDHJ4pkIEwxf7xQbavDDdISG/7U/CC6hCd3vg/fAn5vI+Lv79JfDGfUDXz7zqm0T+6F/Bf797Bv1xH8YhTKiF04mF0WAl+EFQOA4lDxaPJZAcJmPHVC6mFsYKUp0ZoQjQkpOJ8NFdDbiwQXEGZkomhs02M3uF0D2sCOJuEEJ7Nzgc1J3kUU9IQloGiBqhbMmByqqU+gsgEXuk2/ulYMWjQHUrNI0WvdR6b23BTAMiXTlcU+gN1it6PEeoK+GdQiLBwm70u4QYZBjYI1BJJ0X/0BKdOWyDSqAIDMeDbjyWlBuASONejVqhQpJPgzr2XSoDokICLEXWE96JBwA7z5aLCO8aAWPNUKexSh/eLev6U2Gg8zibiQmy+Aeg9EuR4o6ueItvkSAyt88D8emj+27usODzCaGBYKBCgL8vD7vTUzYtDtcnBe/IBtFmEQBSp/bAhdA8dZx8L5v930F6Cv8HdL9LJvtJUvvsz88WgBfnwUEAghzTOeUPc3OgcbzVl+9pHL3DHuT458W5GP1/fbWY13sGhWaGppJop27xf6P6tG/HN3025NfnrdaQ8RzIq0lp89uW9YnzUI7uhufPaUucRxanEiH2farRQHfobq0kHWp19GGnredTQeGnKKw1EaOMRK5OxZgW/YAUYtnprHFPTj/VLNVOaQxz32t3vdLHqfdeX3Br/UbOdDbQf+KRiTml2gltpEPE1o93LGSDO7f/j1j4V1dQ/wyWTnBABWKwIgWlWIYgWp0Tb8i3xzm/NUt3gnURpf2HjAXiu6siWTZfL0nLdfkcxEFCva0ZmYVLM0ncXCaEtvy7qqCV2jFN1wMzxJeTAtH6zsBp5Cm+R07FF5ovqOoKTCYpl4steK7QWmrCH6S9erPsNH1lbflJKpIkZEmkFlPe5LzohUKZXv2rOMxVi+9OBSV7bwkpkShULB50ktmclnzUgKtnhCg0OHqmD9FN3SKE/weLJnXi0tF4T4TRSDaxHJMiH9G8vGleWpY89AgWO4F5cSkebXtWop76lhUMTx/axIuYZ/dj/LzSuMfUSp+HpYu4NMb6BNyn4owkkGIpOGB1EA1wSe5R1Czl4fb2bW354HAR6+GTcu6vCHkL3K1bz5/HHhQFpuPp2Hn+OJOjEM+Wb+/ICWy3oX0bdMYcOQf+wQptHdmHLJiND1GR9bcLJXW6KoxWyiqQurKpHmAdk9ICNcFriMWurG3dG2zhWvBgQlZRbS92CMZrvNEZssnVkYj6ku0oj3gEzoDmFyEz/A1SwmgGfJCExOtOmDa1qnRVNTbLFMubPWrr9Sjbcc6CyCrw6DYceSPgbuSDiimqgQ8iuTVFlXYrAP3WCEkjsWnPVJLuDWQdxg1mObZ0IFtTR3DgBwb8eFxVGsPnBDgVm/OBwM2mQsgTG2x9rCAUByGUqJ743NIt647tebYlDph3Xg+Z0Ql2x3RrXK6G9G9zgMuEBV8U5WmXqz1yAVe6xufpX0G6GdnX0CDwAz/k2cpl4qVA5zAsdasKrQWGgz+lOrr20Lgq/AB8K0JgJ1SdjhZj9XE8xkGjOORcWucT5f3dlO6OpbY8x7QYg+x412kIsRPCW9QXmEFwSArBRmkTKQ9TCT9arubsKwumsmsJNK+cQbzKBe1F6/i+rh9PD7UdhSubD0PJ/DtDlY0MLCSfMlO+imlMiNxUnGrUGOFbPksyFEkjFTBgAtOTsulNfUaDeXLXjVGAYWSWDoFzNg+r2tDwzopBDbXIpMEbVhjWnfGmb+1ZSCMv6tj4zLpsxI0gVUZ1cph0IE5nwsxlHqR3GJ0fnc/pwewSdcIizNm1SWy2anr1EegN3/ZijJS49yFkjxqWla/8qKfzEMpNS5Z38h5Gc+T0cRQx6KX0vFeU6M7tEr+1L8mHQAhNJQah0RLzWCpjPNS0FWLJAxFbQhDVInWGusLc/HyxezsI9pwU6IKExF01L/UKueW/NDGxb02bnCnosWwlkMGd+4h+kIgT1ox3ZwD9MgJIE5bsMl1ha+29lpojpLfdufETR6/+SO6yN2RuBTMppiR/Pp6sJykplK1AYhb6IoUHe/kj58bnDy/aOelFvpog1jk9pKQvW2Q7Zsz6DuMSNgGIAbEKgMqIJuc9SmVIqdK6Xq3U+utVNfnWCjuOqtKq1FGuG4mItgAWCs7JKHxHn24zbErBZxuXIQp5u3WmmAfEy+YrTQgYAUWW4vkwORpXgKlm1mF1AJF52Al1RRPeYEGZYaYv9SGXPTiCPq8g6JKXas5CRAOhp6W6Y4wNUWQ+YpijJo2BIQ3bMKYH69OLlJfVbCEMI25gwUAAh9MxX+eoqEPFT7aKyWgM5XfxOLq7mmzhVsi3XXdo+6s2Vci2zkcxP6oa8d8C/s6YLlTcZmgsPbE909wJfFBwhDTjNOg2ZWF7gL2DNOWS4HLIyZ9Qvc0tBq0o74T3fs7IcXfbrq97r7gyjuqeqJQikJs+N9lWEFz3cTPKFQz42RPFWDpPtRpwnEDaKFOPQ1oHQZnwxSqcuN2LaHEhuI843IyID90g5NIbrcLI1VEhl4fj4juwIxQOWV6RnaI5tjxUuXiKiHx9SUt6w8KpTnTfmSE3lTYP20+1tjY5BtjzXfuKZUrTZaEhBuLxgCAhXfK9uP9abeZ+ZdqML3BjiNHMpeHeDC4l7AXKoQPZe4PBnGYQhckeT8QeK5KGiK/x0QIPn72ukhruQqkpadCMWlUaEQS6s3TNn4szwXxTASkvRKpZOvGzRCugAc3qgaLH1mIT7JAdu7Mz4WE3xs2Z2m9pNv9NhmQ9ABjuVuK5SDjXEIIJEtCJFRbBwgO8c3z6sBWbzhSPO+367o3MryFZgyztdr8CGwfbvaKXLv/TQaFWfDPS4vVe2VSMYcYqjtjq3LPn0DlDtj7ZGe44wOa2h4RNt6ePYa9bg0YXdaWNQVX51mT5ZElYkCtrvbrSPOiNrJyc2ffFYnZBI/KeRCO0/rXc1EqqYs4vF59qe4rS7qC9iMcL1TEQONp6NDz5IDAxOauVaddSjutK6WlWlPnODNcU2SlP8WistHUsZLxdPv3bwLmKyTUDEVqheQ8DQJe3r7LQymrox9PyfGLIOdNDXvrbYSjLSR0l43u5ynpk6EiSRMYCdzUYXl0gruIm5EPHeXR4gS7zUCgxIebsRqBgy6xWUUqDWQO9zUskkiTpBc11QZCBVyer+eIxNR05AbQtXO6DDdnjwbZ56JeySRz+PimVu70BfMkMuoFzOnK11kNhJxN+T0ZznViEZeFa7aQRhn1HpAGMYg2rK0uZNBp+qK6yiIUhE+wtwR99KPognXfefIv4mAnzcJKaD+xa2FZIbHOv6qj/kYiVe6EoFSUzC+7FdZL8gPvRnDETlUPdrk7WhTc7VhXxUvzPv2GwfiizEfaJByiev4gS5lCixMwrlPLxZhvyLVOxR0RMxTuKVWH8iqOQwyu2ZejA4t6qBlbY9siwKI8pQVcdaWF6ff+TODWfI3ppgoX9lE9ZuAzBVkghETfCnxPgEQs5mxWTqa0B7UfQaTRRVT7PiLKTYrN52lh9HRecQiDWW4Vw6CcxY0Y7r7/0OBnxM4cxouTDkybFA5cYTg+rOEWlrh28oiKmqPpVt8jZydSsPBgyV1ap23Z2gXuyjwjXCAqPokalAJhvB+xBShabO9ib/4jZvCrlF8qsNjBMzZaNLB4j4qjIJxGbGD217dnE1MsSdwEREkpQwIIwbKdXxHk49gF7TXEaxOdfrgfCpaLT0VxeJq/Vyki51J2o3SNnfwlYN+uMjh3698sr8w74wPWi9jZmzWWch5utMb+sVF1zKDDbDc9H0DoaLuS3Q3BawqkJf5SelWUBXMwFJpUAQRnRn5K147PFf/tl2L/JfOyecfkXIAThouyhHYxsvkviQ9eHz9n/5h9V1tHfhn+4+eTdxUXXfBXYktrPOFnzyUvfhBHGaxg/tPD6/Ab6wtEfwk/dvb+A0uz04QyPAwQ+8+hLl8EOcMH/Sf5zd0GL3adcLnIOHO8Vszcv+JDjP5JPax9OMcQDQlC//DYvipd+uK7sYzHVz1ku5WeL1v/7/SXNxQi/m36UFJFi7jKldIJavxa4XZ2vcv4giQcqCNyqx3hKsoHACqSnlS1WeCku4zn7kbwOGYqodD1wAO0bKxy8yvabXCx0VfepBZFUCbDVMvcT59APTYzhzapcctPdsrLyMrO5pKS8sqCQ/eULTmeDRq0qiIGN2BLzN5aAZC8macnHPwBSSlnls/qounpyOLiiogtBlJRVVi+vr3+wnVIBwci3RVA1+wRGxsRzoiPUvq5WjlWutddqnNmnT7LGpkjxM9EqGRi1OvDC6cmNGzesJ4i16zdtOWlpsdytOHH+3PmT1budWZCX1XdCIaO+HWbWoGIZsHYhjrOQwxE5E21/myYFefgu9kNAGIW9uV4/Jeqvl12VJs4iTYPgSjTwvRA8/EMk7unI4TiFC5kIFzjb4RB+/hCVW88QxJmtn/Csn643UhyLFWIhZnSeYjihRV1ODLQFqoxbLW5dnZWq6oY8ZUiN9Wqa+T8VBFhpzlhLEXnNUTjlkRUGAdsdcVVVClHxluimHVqQaq1o2s0ystdh/d8CzQODos2qqMcUTlDoZMY3HrlFqwgGsSFC6pEv4zTL8kqUZeJ2R0+mpZEXoe5icESzGDUYjoegyvr22MVYe2YpYMnhjW++ykIleTg7lYIiLrk/QQM1642LsCrlDKUzz5q22eXoMToPj/i3cL3kX0qZ51/uwHrYMV3hlILlTE7sjE9hX6qbDwjScw9rO8eU+nYH+CStYXzF+C/rHp795f5FPP+ygtd0LCGJeCRA5nKtXShV1FYq+jc4wzlsNBS2DusNH1BNfL4fN5veUYeK5DbtRUKyKpTfOuydgm9u//L4a6Ur9d/1eikiYADDg3x42oenpD+rmzHFBYbj9DSiTFbKUAF4XF1e6qnGvGij3wgquDglD35bwrAFNjVoZLqZUit7UazS/rHbk0r6crVavHfXeO6HLtEVdsd3u6UuN9yCRJ71tdvCjkCfz6MJ+En7fNRonsSNZTjIJqmnrDlweGI35pb0HiLA4dFw1vAsglOzGHH1MpSFkPkD0fvarb83owDDMb6xQoeCthGIcazV79tC1TokDgPYJ7X6oaLESbDQTA+rkQ9X7JIOtHQmm7GR2A7nIxqC5vkEX6vyBiAjTVeFiBJxm9by9i5x9/wcrMz82jg2UyexeVDb6ek2WBxoUcSg8ktwBdd7gVNRYmVeUlLtSQLGdwKWHYxymjUi64oJ0mnDIuO8T7HzVMDVxnvc8NnOCmYf71SOaMtDjxtC4iRQw7fEqyGQheHHReEQD0ukDw5y1WJ5xHIXyV8IuD7UrSZ13o145N56pp0EkvRVNm/xa+xpAsYbAUe3AsXjVlJi7dQwOx4xy2qGTGEsueNMBGFSNxoZ6yVzdlYD7vzYJwE00KUxwB9g3dYEPJIxjIAU6t6woQ4LO169VcOqAqK+d4vAxfExZvQm5E64EQWLYXFwYjMIzH6lb0x1Rdw8OvCWcZSGR1jPd1MXSpxLsh8Jaqhrq91667t4ivYTklZn3bgClyDVcvOntgF88xgnCMInFFphw8PDoTO8Wx6okFW6ReNPcd6gFSv+dTbyTii1gcbWDAXHWEvqWN3J/fIMj9mpRj9WSqKHwROxmBkLgm/0LmLJbNBe4PH8nR1zBZGCbx52ejnqnScisyFglh+36lD8zgWJzdCGvhi8Z0HVUrtRGYQMMmKZNga0dSQilpL4GDQ5aOLVGR3K9tWjmR2CqBvhEt9NWUwB+vKVdWtLJuX6+kIEm2IbC7ZKg2f63cTEcXfSKPhqo1DbRAtSY8cRueg4d9w8QUdx/+IomldpaxEkpOQDpw4aro/aJBmNzpkiYupcz1lvygEvLr6bPN8woIzq+8tH/AiTQb6tb4Zgi6eLysqnYyypV+JENxG1yy12WksrEikGyR3Jq2y/BzE51mGgLfUq6fGM66gjHqJ6xVN+TJMqrVGnqOjz4y+3uTXMglnnJI7FWnUWtIkbYq5U/O0QWNb0eL2mrnTNRWNX1VncEhsDEcnCgjV2d901uhXUZDhY4mAiTPQYQFc9Q2xJDwg696o9V6EobFmL/I5VZsSfma6squYO4aDg40S5chMb2bSXZU36Z0VnbYR1sXVsuMo0t60SpIE4KouY3O8LDvMxiWLp78TZqJCmQKcQihtlMKdC2BQxOvKUiaksjqJhZZ6blk02mBPLR/WAlq6crty68KTh5k7+eSn707l0ls8Q8yXOjrq4mPL6chZGgRbmUWMizLl9ZKOaMxk2R6zJuY1xDGAxDmqyDS4A5vFcZEqfDUwbWWle0dL0TxqBbDNekpWyQPuE7I/lfhe5DCtb8uRYE2K4jIUy6UZzxhu1oFxtoIFcCt3ItfCTI0PEMIiFQotIZhAomVha4CWj8gVfelieAlVTojxFSpeTDSkjU2gNmsopVUqxGIorL7vKy1BeoiEDyBWJIgCeT3xB0TValVJ26a3KKTzulC5P8fJLtIwBKo8yketpXPsdtI02vjePjrmZHicVVERmK72V6O3fX6gnlsSb2nP4FHFX6pPxTb8eH3U7FTOuFSQHaNkDUIUVBn2h7w6eDRuxvEdHe3zVdXA7eOY+6sktmOMhuCABEgxeMkbZfCKZQDy/WcSG3HZMCWafG5t/K6cSAhOQz3Xy6Ew+quRmJnt0DpPXfAqapr+/LLgwgcvEcM3CrChyW9QN6YQTHxtYzVZM+kFFQP7X+Gr616LO1TWKzJOkuIYNahYFuluj5ND9f7muiP/mBI3LPxM9IPayEm0AFD6FRLLo5mOynhRrV2zpCxxObCkO/H07pLvlP6SH2YtvtvTJ8d4TlkH44ArB9XcIfn37SgY8gMMfC2iNB5ZgGK/M3Nutmm5g68ae7aJnrn+V6Cld+TQP8AFHYcn/1DZcs9OsFFUry4fD4G0JMcK/1cG8D8GUgB3YZVCpNmSSOBcCuR9i3+b5ULnUW4vH5HNaP9ivgA98I1Ezaf9XcPpMVMka3P8Z/BHcXT9ovpo5REH0Ldms6RsxeXm664nKbBOAU83U5B1bz6zGY8O4oY0EjJ+VF/Lvb0JaKXGmB4J/gp+GXGv2fjkIyP3NIJ0Tw4Prgd6xTaKstE4nRWCde+EnNE5rn9MwYVHeDKvR+wiSSA4+dr4kSoVAsDhXKNGVitLQNXLCHoOZBrJwPZJsJWSFCU+ZUhFWq02CcVo4GAogSKuMXmULZEVmhyzI8LgCOc/8u8a0FHguY+71UdAh99i4MbBEPD8OVwYseXu3aCLBFEpH1A6ldUqQzxV2XiEpJ838aJrq+zw5lrUHNM0OwsjOW65q9rK+MpJHg9aEfi+9oihWSFm7vFUcCKdE0dWtcIv6f/z9X/vCSJGGMXpAy3y2vvbQP0qqeOLOU+fneydG8a4nlh1eDjXeNS/dzbco7vh0zj4wGtLtCzdpFpTMsiUpPcXO2bGtBvpObJnMMFgUjd3pERnF1tXppET+wLk0c/PC2yYmI4xGogcdPWMzskJWyQ4bn4DBa7wOOS0uyHyvKpmrZRPVKsA/bPIBKyB/gCRkpEd6zgI7fNBMjJi8YvmaU9m4JHOfnTO+x7j3XAw/M7B8R+ebPNU85766sKtD4knJqb5GLxbprgT8dNcFRZN4mSr6LrqPp03ZHYxyI1Q2nMrNHIwJeuiD3Eq9kW4aGd4IhGteqU7n2XCnwJvlQGEePdMCf3IkLm40CyNUoXMtP4nubL9BiK2MyPmgq0nScz5qIHzgJdGVxJH2t7cBD7NHEAQ1xdkJSZ4r6lMwL8n0iUkmP4uZpgO0lXsoUXtV4B3ul4MpnO5nXYmMYXkp01vZywfwTL44kE8H061lfrgYu5pP6qvEboQ7wWj1PsmGQS2wn1cjz6ndpr418/7+ero/X/jblavTdMjTyfr/n0KEfVOIpBZimqjYiL+fuvU0BOrb7GDWxf26cEQuDFZyLqmegbSOQJpEPakbC/eAP6TUjxTJVKKrXfUedy9B1L3zA82uliavzQ7FUMgnL7Yfzluudc4DN+s/GRaH/E+tkSp1mmZagrKWNBmLoHjlnuWj9mWB6h4/Cy9spJI9uvaQbp37uZVmmndXA+e+ar525bzIV+ydAMRIvFEZFMF852KjXA2nB2AuD6H9Apjh/vHtehE9lc3HHm6D7YevCQuI1BfECucGjdoXeUjKCIU3ZZYzJTPCAReURQ9uHForPEQidCXnK+KFIaa48AsT0Flmica3lNfg0MEspb7jhIdjdI16bnnERgzXA3NhQzmL++EsKsC3oi8+ExzL+rkbl3A5Eb828H2UXdvH7aJM13tEzte9III9C7FwgfaA/GdifUgUfXTR/Cx21Se2GBS8wdeaQL4ElwHPBU282czsJyn50WOwY+s3yApqSJVcpE64BC9M/ClBpPaVz88xteWMGa9eyapWjIt+vy9Mt/SBSfNSfVAwE2SilEK4Vju42k/BIgiE6gM5nXQOh0AJToKQcB1IaBaQx6lBqNdUUCG6MNXUhHeNpByR3JJ3wmtt+fL3TMW0euIeXuvOxdOpGSxoyM8Ce+o6p8sA0RYVUAZkWkWLeTIb4hrERKGRkVEC096U0IYZhN9g0igsFKHInSAX5vfFe6pFmoCYtoUOYsApSnSVJ80ceWkBXciuFoiGNATFILZFUS0BpdJdtZOUGhllGKaOArxSG0JtYMZwxBAcZqsbc+7Am7BlOZ3WYOjsYTxJrFQZC6asrXomqgGb8URnNuJOFof9AlzNFbXoeJtMwOPNAUYGCFTyE1KGImJFd8pgQJnnYTsvi1cvEEMhYPE0Qpq5ClA4bVHAxayxwRg0YRguT4ARmudtzhhtdzyUeifxTVYbjj37WXEy1vQ5I+/TWaO23qjVoO50lJfKdRLizldZ6RPUdUP3hNZw4Hdq3W0CCHkLEa/dwO1TqOmqUWtgothulxa1n+T5uQplHYhCe17uXz1b9syL67ygl2y8OlHrXpWsVYyXp+5/BlYw2SrLeOcaw0sdel8muiG/XMKWuTb4aGHf7HUr/Gy7KBLwDd7D2QLHSJTCeiLQ8lF0hUG1YorlihuX6+E1NoBdsKtRc6IyX36DrfhVR5DNUtt2FaYqZYpJI2VT4O3wFsfyZga17UXJWiAD3ptaOpIdyroS9Q6i+3zX05iUJ0nK8haxlTBietnSzYLdo5HVthv7uo7HGnMtcBg8k3Z2mqQ0ugsa6sQ2JsHFhDEPFTaNhK6pbqSPFXWT1FMcDwrlcey1MNV1bYzy3Sk94PFzKw96PkVI6rMmC2swFsZpuDUNju7yKCySi3ziJnTK2XBIRThDnGqbOcE0iOlOQTRpNDYMG9OqFsGLpHRQpvMqPXcklcBLfeTCrRSda9tJomzpwNEgAXlYm66MD79BweTlQoaEFKiEmNXNYBLF1kyerq/Jsi93iAX3VwwAu9OMmLlrYc1QDy0sWah9SEJEiUJtqvmB6HjO7/OHrPLcadU8FrbYZmUNdeYwBvkse5j4NaJMAJNYZL/R7Cwfl8/TMOXFxkFREr8/CeU54bkCwIChgSSzMlQYiAhQzCWaSNEamwB+bxh6fcI9SGYJcXZ5jpSiOt8OAestzoGEfqkDPVcim05Trp4F3HiwLvS41EFarQksJk2Echo553XEFj79xz1n0iobFwVTQnPmgJsBJ2ctFC8wJxYouK1NdhHex9GwCnVDvdfepJts9CFKhawYMeTM572GVEG6pg/f/zl00s4jlyJHw79+PK7TEfRIZCwx5eh5QomZQ79ygZV8wtgzwEhHRTbk0kuh5JYnQRYbPps7UD0AT94W1cBp79Ed0bfpkif9iAbdAWTD3PMunvD2OSsffeI2Txti1fDW9AmyE+zoE330wXcjtLbT0U2/Zh+FRxFchpvp5iw6hQ5FK/a9iOnkFvFt7hmRrSevP/vCPzhS9rN6FpZ2BVM1YnqXfZ80qbx6qbPQR6WfXF2YriAy1rTJfsxmd6dnqxZcZFoKXbaiiDRlWbHU39rSsgkvumRrW8+C79mYHa/4IsZt7dWF8gIJ41EhngEAxfTu1EJZZ6WdObmPDdU27+oNL+piy+9Gs3DQukrU511aGWUj9YcYt3X5U05anS0gpOxb0PjgnfkH+iy4ICGMXXvV47a8wjXXZPNNv1aMPxIVFZgKM9IDOczViagz8aaRqtZyUI4MY9xX1zqFvHLOMNT60912HJspHak28GfdMKIE8QihmRu4fWp4AB6UC1bG1/J4gFZXaWDEU3pg1bbm1/KtzuZS41YcaLRji9onlltjiHzTUMei3e33a9rPxXx/E3XefJe6LI2tYpzsUJ2LFoCYEeFxRrlgZPz7JSvy6qpdAq9ts4dQk21Sj8D1YxJegoWLA3DwPWAPAIJu4HTGEvIFfmM+S+DCytKwCLYs5KON9w2ZLPIQFiXi13vjdmUQLzH+HXE0rcZG1tbWoaHr1ZzNCejYIK+yiIbjMS/gfeLjYyrSxmlugBQCd2XuINcQ4mlWvHG7M5/6R0X65i+hZXj5UJQFloY1++D59hiHl5TqyqBC2HYEJjCxYbGlpZDYxenE2HSfP3zS9jZAx/SuE6rj5WrYTXuM+ZcY63RemmTUb1pv5Xz7J4bgG5qVIuH0Czjvt8QeYJlmX35QQgSThr4ja0UySoxg2BBve5xYoSwpqzn1lWSp/quEFMU3moyQpr+670JGeesS/4tIF4yRoAGaIMDYTRsAH/BhI4bU3rnQVwaKbYwAz6UD2GKPseQp/DQDGUK/M6sshtqp/ehC//Vl1advD+fK3W+//dYLbX34QLgjPvUuAvrPHp7uVPjE955R6P/NtbiraScNdD/OFrKj+d76nS71Dv0SEXgK7VrbQTxCzc2icFuFqWj5SHmEYhc2NsMdGSRk7uXZOKaZeFQ7AamdC+O7wBuHrMKLTSFMxlg0QR97H3E4okcS6Phuj/E1NuKDoaKp2Scid0xkPVaHSNFD//g34ixjxhSiJadFgO1EzhLlIDHBzGtUiG/2Gg1bcpvyGJGWDbsXjyzOQIZkTzMOBdqbO0SHx2dX4W7leFmPwcaYqmW3oAviTL2lC2kBWmKCX5GShHkrJX3Qsl/sBTzigoaav5UWhMy4FRfyAgKIhwOwJzHn3LlCdAH1GePGaHodkSRMgux7Ni5pAiX3IClDCehOBvGzoqlOBux+PsB9nhQXtrzCrEcUD3SVK4De1jm4JU6SOyL/J7sA+cNp+VHPgBnxlCqgddAc+qhL8dgSUaH5ZLGAb0I5DbbPQxlkm3oBmmON2DYhuEaF0baSfRNCIWEaz03GZYW7l4q17j/lJucquJwDcZqVdITsNISpuiOFXxMvhFX3n3JTd91mx9ChNZoZz+4N3FHdiVv/CFAKshuxKrot4TcSrsOyBgCfXHkrkDlKAnI7Q+gjrkDmJ0Irk1PI7lYSRFvS4RMEcWMW5AmasdGfkZrjMvwQAzF+++ZY28XH18fbdV9nTBozXaZ8VvKcGSFbfPJ5hDnvs5UvlpUWxzt0RDFBbJw+Uz4frnNowAu8fPJ4N7uvqHACzJiJMIxFhgYECIHwM2K04xxBrC1be3vndtQ5LYCnxDDW7hjsqHReTCmUGwvtOlkyv7ClAXf+7CRbuh1CBN1DRlahbf2DpMfPPGJcb+8vkQg9zzHLPpR9xNt0Hp/HZYpPfzWqQHlFufRs2tR0X4xmD6pPX7p46czhB3ltdHqbbdFNFyMf5wJSAIHg9wUqAwKhgC8QCZlv2jxcHe2nTq1tfZMugl42xUljM56+v4VK85tG7nAqTaIrPyqXw9Y6RO8MGX7pqo6VzrX4oGFjDiawb1Rw/g1NieSWCHi6/DKBxdSZVCBR+cJe2ZvzNXxaJfn4eKjro+P//BDzAxIi4Jjin8HBy8k79Qvot0gLLCwtptSZP+TkP0P9/yb5H1KHvppwOoxZ1kx+1i2O2rrk7lCJyypfYOW6dRfPasq6BHSZrbbQGta/1TO8OVkm+uuOnAOxGultBnARdqq0NB6989d4Re9GDBSBvR8yH5i8qou4/q2eq9/1TttNtyfLODWm+ggM3SESRl+FOvPHqj5tzeN0map3DMQy7jIggV7tXDsFVq86DXVbJfkf233EYKdhN/bePds0uJDrNAAIHBrweM/RRgxzOlZ2+P/haL51Qv9wymJ5CuminXU8ez6IIFqbml7gc+lLwseppaeNch/74YNilH4vBdPaR4za79gKn0BoKsDE4sLO5tXWljlu/FydkjJ8EWlxXR0xcdsOO42/jfYWcxR51n6HBVhTE8UoBo2/WXTXhMX4iMD1lFZbGJbb+gll+er8dTf5HFo5fcYf/b/M4J8RQBqtGZgwXHupJ19v/4g0ThqHmial0e2q4QCxWyQlZddMTBBmANNluVBblabttmBW18Vw73CnsycSjqQ8w7w+Aq52ABhVDmkQw2bY0vL98wdhI4BK8EmRudoscqQdSJcLPfu9PS9RhHdDhasX530nEi26lHSw5pP31qaUgLkVLXt2n4bppxMa6ADmhEXcclP74KJnptrgfbeV5W/ofmGtPjJD9w9YkwhYNgsnxcdzIqPUdV5YByVJJc5AIuX87LVxtVMa2uvj1KVDp0IENejQswI0N4/TBWcqiDB823MZuwwLUxqeT0EtOvKCuKiez5SXmwe9rj5HpG1Z6k52GaZ+xg+HJx9YMZTsGh+4yLyu37Yi6pZOotz28aLGvcCJl0fq6zsxkXHfmzB8o1SsoH8TN4OJyKq/ifsbuznzqwSjkDaLARh6DJqqK77V9OK1K87j7sEZnH3DsnhX98A3LIv7uB9AGIQ5FhO89FwFPDLxlf3XFiuTvGwLWez4y9hFlJY/AviOdPgKfEZ3RquR/vvNwub/ozqsSExAnhOaeqXdCrWByeOBTOC7iXxr1I5+DWbD+eEG+G88Wg9af11Jg3zIaY0R1el8eQNxaTajnrkZdWRiYzlNtLR7d52CzrxnHnDEMczC53pe0N2LM8o9GKdyZjVgISdo/P9I0lgntUY3cWKU8WgX8TavpfsDJ85mL2hJ/kgrdIO83USrqTnZdqTIISIYYp79U1M1N5Mz4HHAm47591d/XVenk21Zxnac9PVOCVb0RqvXe9jvEX1Vi2OeOs/OpsH7qEIE26Ib5oQONXkXimGvimMfj0zOvZijw+V6dTg9ttnuXoB5UeeImsJS3cChra4FmqxKvMwN6uIlsRLthCjL7+425wXnW01xPI1iHD3L2iOHPgbHmjw2u5x5Ttm0Jb06NtYXmvP9lzOpD1SuNlK85tQsz0decg80j7jXjEflKUNmF6JN+OnfYKDV6TkIMKVgcLpExJFCzbDR3okxvt5vNUrtHXa7W5Gbd2DGhOML7n8C/o4YRYQNG11xw0BQHXBYY132C6xDt9X5m5RAxMu64qwCC/CHACrHK8a5/wz6/VIxWGoCKB2d44JKW1UXVE7oQCIkst3vaSHO7bucC91IBdEUuwSUFwr27sApQ+dem4dcGZ+XSWtbVtpyu2kFQk+g6BVBUWhE+5oGv/l4Q1Y2cglolCN+TszY2MuLkCGKmttvL8rR3iboCEYhIYk+e/XyTqPyUkYVtijPPZYczYffaav/fG+bse/fIVMPGOFyqVgwQHSIDGn+RC1u42/Hbm9wdCxgyPySqi/D0DQ+NnK2f76nWceV1IIM7qNEFfCJh8TQPeMkMfShY1TuCXXuDwZmy9Cxt9pK3qvWFplG+u9rrtRLaVMMI6ytkvon5D5K8uTc49Zx8fJCpkKVrniFawkR6HQd7/2fH94lznetOBN/zc7CR7xi5/zzfQe1EoQ/vFSWc67XfTriM7WvecQsBfAC10SeZBI7I31OeKslEtTQiFVs6DAv2b+BS942bxQrhZEsI50GFHmWKFgi7Lx2TRyK///PXIC/UWf0Dyhg//65LpH+lGEIy9cY/hOj0noVwck71A4B3oG/uFgal5/v28hHBgvwHoq/ECibJqT1nnIxZvXeGzWODA96v1cRQM9st93+glb78o54oD2bQu17pqBYfJVj4lRO98BBq01Kq7ZH/ZjO9zoZ+KEuhgJfY47ciSgwMTW0zonP5gGBI2kpDXy7hfBlHYvUVsvRTEfPj1H7uFd8r+uGNgJXsJ/3xbnBpFIT71Yrhc4I2QzDClwxof4QdUyU66giZYsmx4tb8o1Hq73uQmepLWKCHJhR8KF3GFEGIlFmbTHRq8VbfhoK50NJfN7u9N740JOXBwKrbtGp5raUigycLzEdwpaxGtFVO0N9xxo6m3En2w0CnbsQmyGUQomH6Y1zmh+0Plo+aoatYzteon1u2ZJIMeOKCaHr716zUDqWYeWoRj62ggzV6e693WVLQ8xEGX26sUpwFcfwyynWsU21zXzSQy503TDl0HjEMLhFSTMHt01dQSg42uO8Y7p+u7oOUHLWnoYau+wVzs0cDT9dRIiraQwPnnwdCwjewZvWm3/0FGIaOOIbddA+Oxf7EpIG/cvLcH8I5bG2BqUQkoCyEDxbMnkd8lJ2ns6D0F/E1X1Te2s9SG3kDsXBIDp1uGPK/c7ZyVnLJGBrSJLQhZa35RSQQv+7gExoSVe6YtEBaPM1SU0tG/RF0XNusrhxuL+2vvXGOyz9O1CIyLCwO99q5oLzRtuMeR4LGHUwxYiNZiQp3GvRO3Tk6GKG9nv3LGkzDxzKQpsynqY84v4cokQUS8srK73vvIIGcBB7QnTFpVkdXDKiiVUuVhF3IdmOvRMPWBE9Khv2RdGHl7go6MExhDUpXdGSbpqocHYCyasw2dln4SNsy0AcXfXr3NMjcW71lhOWLPdO/l3lVXTm+1XzzRuhmPjG59gmREB4hQbD8WpQPCdyWXVSnfbOggPpc3Pj04Vv1WWuy31+vYun2x5i51l3xW4hDJUulRTJcPYf656KPKaywb41qR0KvdZIu98qCksTsgFamopNElhBGEak03D6T8kcLWuMJh55/yXxkO9EjmaIshrdX/GbmQVR7C53Mn9YNCpl/Zbrr1/eVlVjfLHhWJ2JGSGUwL6pmrFL+zKPfNJRklRaq1ET6qWCVY3Sz50Pts5J8JNalm4Qp2iCM6083ehadZj7rSmwb5pl+ZhnEXnQ1YlDzUkIDuUrJ4NxT1M1AKd9CW0c50UIE+oHzKeEI6td6lgLp9aj84mSo6TU83ISAIWamEY/tU8cqm75MSrF9/hJhk6JQ/Q0X36bbcOKDjiF8slghJQQ9S4Rc/dDJDxJI2JabfMwcT3X1o1IPoAdQ26kAQ5dbLBVkrLQNNo0QRnrh3rCvVcZvA/jbSpUNm0ZWGo7pjvylsUfAS6aN7957c23P2mIA8y4HwpFaVZ5MY8i7kNDn+pvN3jzG9BCBWv4z1uCBhdit3PelMNt6/mqDKIq3ln1XEeMyas7mFSC5Lm2jE5JgKrMeaRNw9RJp4m61eyvmZxRazD9pnbMEGo/xINxtW2ELGAo12pGbIPjNYt6QZQ1FzpCcMGK8bwlItdSSSFQfsAX95yC7ilL72bUIc9C6VQ73ryIwt2cqLDM5WFChhyUr0abqg048rUksL5Y+XC/7c59477nB0nRWV7bWOsWWUCJy6I4dBGrvelYPLXc66ljhkGjQui1XM3giSGT6gOW79+AzooiY6OtbxjPi4X5opWLfL6zvtnrusrMBuzeLOPqRqUrtq8zq4pp7rPPZu5xW2Ch1kCdO3X20pX3//f/4x+fPG90eoNBr9vre6vdvqTphqGblDHbi/6buzrN1OSYkKAFNpNm7fzX0vy3yfcOf30lKq5ak4aSLEs9sX3Ru+y0Ws2zZ///13lEzzjPdiVSLsBzL9JeUJRf6aPz2W7a8UwzFkgnU0u1P9PUwPBaoF8Xd8hM7ThwkNdUo/AT4DbzaRkO4aw2R/LLVEhDekfpZKVQUUXEF3ApZPLu1p2zk9PTs84wqxu4FKNLGZwqw16R6R6VHeBSSSGERLdf7IeyhKMOSz1OqfOlmz+1uyOHbBrifcO9Lvaru6y0Zu9+CRhBRlyCjuxGIhlvNqMpsMiAkq3XXbGYKrSNC5HBEo9Y0FMfRS5vHzNzj45Ha49C4AN//8SZfv9yDbiwh7NPRU/f90/DajBjfe2puE2Tkkg/WjI22GVKI83NbTO7106XzrCUI0IKlH6uvl2faV5WdwsjUm5cgRBQpMlosSMuw3gYAWOUjiumzA6o+H2AXEMpzEMqOpHxBp4ZMczDdaTC+05TXkOo/3NjQU8dguPM6O2TvzBLaCprGhOXr29xUGDZfIGBGMLIg++MejR3sCJdV6V6bKdl5SYOoueDHqXzlilXm+RJUI+dpbYI4cANEEeOE29audUSaPl0xj3hNVTfZ9BCB+b2Ma6nCzu04AwuI4VMoTp9EDIpnI4FnfL6C3j1WN41UslGEGfW+9I4ewy/SHcy6CFsitpn6ZvTi+qbz0YLHTnFKkZbLcF7aPn1Jt0MZDciVqYHFx0N4V5a0Fm25FSjIjvm0CqsQEapASb4I0ucc9xVL7rt2kCQHYKbpvSZKrZitosy/TdPPPPbXI4E8uztwvUy+5T2LhUGs1bW0hB1VP488xu1ATh8ZxTaJRKqud/H2N3EC9pOwiVjkN6c3+r7ggBAvjz3W7tGrAq+F3a2kPIKAMAvHbL7xfa8t7etqCuYfE5bTy0AgMESGOIsrzqtpsDWNRiwX3zvvIIVkKFAruPIoFG6HqCE+F5hggpQP4pAOVxacYtEr4BYWXw6pPCIvaN+LCLTRI5YwN8vKpZk9SOx+BiATgPU54IgNEyfLYlrrLkNFWowOcnw1H6lRsqWeZoEDnJyHccurMQvS1zH2cx6LaKKlkjjgT7K7AHS92ChGuu11/d0hSMApdQ8G7W1Z67TmcvCNAAE6eCXK/O0dtnRmkSn/eqkXyPeW5mTI91q/UWUhgvSBmLsvHdZGrmaCHvWLGtsWiPzGWlPmuVuxG6Om1sjk5UP9ttNt3Y6sXeX3ES6DXFiR1pbYaWf+/bDiXW/uoLRiJnZZnMqeSKzdziUMGMbeqzhFkBygKk3CLGTjAsWpFBfiZSw7/dHomLvB4mKT+RI3cajHPBe7Xw+y2HcWF94vX49yjdPdT5YvVtKrs1383+Wl21sTZeETL7tf5TmHt97lpMQxRjvhjjue6xAj8p0yZN0bZns6R9iBybUi66YnL92wsmtbpl7Yc45+RrMeO9S+/QRd1Kby4Rf1Hhptet1TkytLNs9ubb+COP3JDZHBvt4BwDZi0ZO8Zy5nFgv1tPWaGRo5xh3aCu9IzQIB/CQxIfFMiMM+rAedHpHsGSpFV3hTFPsPcYfjck/5mBAcbIc5IaAt/ZxEaJsF4URs5eEQ49NFy7ZuYWPksmEn6bFlcXo1O06gog+ESKod4SRbo9w8HTfJlezVb5v2k3cr10lAqSaKYK0yi1CdCtJeLTxtwjTwTMiQjs7WDTeKBGji4JAnHi8P03kAeOkJbFSNApYCVE8LeGY3ZfDamFKnkFaai2izkwZqHJh7Xr3pT/tQ2S3nkTdg8LoiSqO9SDzcUGp30cCK3dIHiF6obJC3+vLcr79E8gNwTnK0C0Ji2okk7sarVXK+qYZeetab3kL/kMRtaKgYnplu0i8xeqkkKoFjqakt817GTqLXMTRc73aabWKtl3gt737Ab0uo+iucv82M+pYTF2xOFh7M6o5OaOsVm1iVeHcqwh6LRdjyN4iVlc8d39fRYeVd5rkb3D7wGLR5r4iblTzn/u4GYX5zvTbjP2rfIT/F04uj+efqCsCanweeuE/r7Q/5MBKDjeM94I/Sd+Vq1kCYfa16zf+P7P090uryG7eqvbFqoOH5K8V00y/787dGve0un4t9NJgibDu82o1atBlhZnMZtCuyY+meVLoe93uTzFNW1yayhPMQP0j80xHmGGW2Wbqbnc43xsfvwKLCwW8b07HB9NSX3j1MYUfNa11azuLtZlj+v9FqbJi5FeAt/xzzHFJcVrIeBKNB+k94LpL8fGT0rs4hQgTYZawbX10FM8Ljuvup4+95KRTTqtU5ZLL6HgKK6KoYoorYawkyVKMk2q8CSZKky4DFQ0dQyYmFjYOLh6+LAJC2XKIiElIycgpKKmoaWjp6EEMYEaIPfsOHDqK0SAq6i66iKmhXbK5XrVxwEGv0alU7kbpXohOV4NGMDQgxGWWKrJSsYL6MRXyu0QWVjZ2Dk4ubh5ePn4BQSFhLA4vQiCSyKJib7ASjJ704y7l1WRcwAknnVpTxn+PFVYqUmyV1dZYa531Nthok8222Gqb7XbYaZfd9thrn/0OKFGqTLkKlapaLcYtr/3mJz/7vWoHHXLYETWOOua4E0465bQzzjrnvAtn9CcnlITG6PNM84lO+ghX7NTGiEQmVx83SEzaVLZTnn7XR5vQWp/qPPvNqO+3OjqPVLjJdzVqSaqZ0VQD9Y87H7Lnqd3t1UVQgA5o7b071U7qdq6t+sfFZE8XRnhaqNUt1R+9pQNJq4+snq/v7l7sHmxsOtsDd39M1T0ppcrLFHx2f/PicdBdszVhvaqlOkNfSdXOye/NvIKm2WK4UgcO1/NBB9OFAB1QE/ImvQ1X3VQ/pV6vR6phk/6jHWSs99pqqsBUo9y8ScQKPF2Y6RQ2dxi45MRRIy42+c3D3TCdTbGbhZv1g9XD+aBB7V239Dl1yIWNEm3AyCZGYKMpPDwx6Vx0W0fWl5v3jtU/2zpposSmthGy9fxgrne62hGHev6NrSnR4aFaSAn0dla06H1RifVyIMDAbvOKze2076y8eu++yxk294WcurckHiMN+o606pV7jZ6NvxPN8a+KTGa6pSrCbgXd6sONSgK1HuWjDwJTQcZm7A40BmtsYzqtn422Kvf4C8Vv6+X8v7///sE68avHU6/m78d4ng1bV3PKievLEw3UvXatxX2PrcXavz43sBflHmvYwxN/vmq081l/9t+S4xclt+aFqxeM/WXtlz5GUYF2Nx9kpVqjuoU8TPlRY7f42oQIGAvELCFD15EXM4QFQ75Zr1qmHHXXZMt5Z+KNF8ORxxx1VRGrLus6ih/nPIWcUlHW7muQJ0Kwv8XoOLHTqYlgxb6JuaBtPF0YP5uFR+jwJkANRzAIygEBQ7LYDKJDopHQCFWkeQoaiOYKiLsbAFiaUN/pNh9YZm/p8Lx0Z5cf5eC34iFVFwcc/ea2QbQiIqpiDz1vVIZkiMgRNTiwllJ/KW8BmBaEOsRMg6etvFhK5EAQHT9DKD9IvD0EUUa19N6bqHUij2kidvVT8gpyIRPP5I0SO4/15QjE7Rtj2JyRc6eoTu1nFJRTBMULkNYXhadCxTxbAsbfipZw4x+Sz2WQWeIsW4/u5kNyr6Dj1kD2sbvZksCnk1xjenNVOFt44/O2PZqCAaAP+/EzpqbjLJcudKJl7NTC2vc6z+t9AnlV0CKpbcNgvLoaAk0LLnjrC4ij2zYSAB77tV3EUNKokyIKvds6NlP447dqq2qix1wULQbU7Vwb/qsjaH/ZeIeD9blqqlq/7mqe/HfCo50PMQMSD95i1E9eo60CAAAA) format("woff2");font-weight:100 800;unicode-range:U+0000-00FF,U+0131,U+2000-206F,U+2212}.mt{--t1: 12px;--t2: 13.5px;--t3: 16px;--t4: 20px;--t5: 28px;--sans: "Inter Variable", system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;--mono: "JetBrains Mono Variable", ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;--bg: #faf9f7;--panel: #ffffff;--sunk: #f4f3f0;--ink: #1b1c20;--ink-2: #575b66;--ink-3: #767b87;--line: #e8e6e1;--line-2: #cfccc5;--hover: #f3f1ec;--select: #fbeee0;--focus: #1f6feb;--strength: #e8851f;--strength-ink: #b35a00;--strength-soft: #f7d9b8;--negative: #2f74c0;--negative-ink: #1f5c9e;--shade: color-mix(in srgb, #e8851f 88%, white);--shade-negative: color-mix(in srgb, #2f74c0 80%, white);--on-shade: #1b1003;--dead: #a5a8b0;--rare: #c6b8ea;--normal: #8163d8;--dense: #3c1d91;--bad: #b3261e;--bad-bg: #fdf1ef;--good: #1c7c54;--s0: #0072b2;--s1: #d98200;--s2: #009e73;--s3: #cc5f9b;--s4: #4aa3d8;--s5: #a34700;--shadow: 0 1px 2px rgb(20 20 30 / 4%);--pop: 0 4px 16px rgb(20 20 30 / 14%);color-scheme:light}.mt[data-theme=dark]{--bg: #121316;--panel: #191b1f;--sunk: #15161a;--ink: #e8e9ed;--ink-2: #a7acb9;--ink-3: #868c9a;--line: #282b31;--line-2: #41454f;--hover: #21242a;--select: #33261a;--focus: #6ea8ff;--strength: #ef9440;--strength-ink: #f5a860;--strength-soft: #5b3c1e;--negative: #5c9fe8;--negative-ink: #82b7f2;--shade: #b4560a;--shade-negative: #2f6db5;--on-shade: #ffffff;--dead: #6b707c;--rare: #5b4b94;--normal: #9a82ea;--dense: #ddd2ff;--bad: #ff9b90;--bad-bg: #2b1a19;--good: #63c89b;--s0: #4ba3e3;--s1: #f0a830;--s2: #2fc094;--s3: #e58bbd;--s4: #8fd0f5;--s5: #e07a3c;--shadow: none;--pop: 0 6px 20px rgb(0 0 0 / 55%);color-scheme:dark}html,body{margin:0}body.mt{background:var(--bg)}.mt{color:var(--ink);font:400 var(--t2)/1.5 var(--sans);-webkit-font-smoothing:antialiased;font-feature-settings:"cv11","ss03"}.mt *,.mt *:before,.mt *:after{box-sizing:border-box}.mt h1,.mt h2,.mt h3,.mt p,.mt dl,.mt dd,.mt figure{margin:0}.mt h1{font-size:var(--t4);font-weight:620;letter-spacing:-.015em;line-height:1.25}.mt h2{font-size:var(--t3);font-weight:600;letter-spacing:-.008em;line-height:1.3}.mt h3{font-size:var(--t2);font-weight:600}.mt a{color:inherit;text-decoration-color:var(--line-2);text-underline-offset:3px}.mt a:hover{text-decoration-color:currentColor}.mt code,.mono{font-family:var(--mono);font-size:.93em}.num{font-variant-numeric:tabular-nums lining-nums;font-feature-settings:"tnum","cv11"}.soft{color:var(--ink-2)}.faint{color:var(--ink-3)}.small{font-size:var(--t1)}.mt :focus-visible{outline:2px solid var(--focus);outline-offset:2px;border-radius:4px}.skip{position:absolute;left:-999px}.skip:focus{left:12px;top:8px;z-index:50;background:var(--panel);padding:6px 10px}.top{position:sticky;top:0;z-index:20;background:color-mix(in srgb,var(--bg) 92%,transparent);backdrop-filter:blur(8px);border-bottom:1px solid var(--line)}.bar{max-width:1288px;margin:0 auto;padding:0 24px;display:grid;grid-template-columns:auto auto 1fr auto;align-items:center;column-gap:20px;min-height:52px}.brand{display:inline-flex;gap:8px;align-items:center;font-weight:640;letter-spacing:-.02em;font-size:var(--t3);text-decoration:none}.brand svg{width:19px;height:19px;display:block}.tabs{display:flex;gap:2px}.tabs a{padding:6px 10px;border-radius:7px;text-decoration:none;color:var(--ink-2);font-weight:500;white-space:nowrap}.tabs a:hover{background:var(--hover);color:var(--ink)}[data-carrying] [data-takes]{outline:1.5px dashed var(--strength);outline-offset:-2px;color:var(--ink)}[draggable=true]{cursor:grab}.tabs a[aria-current]{color:var(--ink);background:var(--hover);box-shadow:inset 0 -2px 0 var(--strength);border-radius:7px 7px 3px 3px}.where{display:flex;gap:8px;justify-content:flex-end;min-width:0}.where label{min-width:0}.actions{display:flex;gap:4px;align-items:center}.page{max-width:1288px;margin:0 auto;padding:24px 24px 64px}.page>*+*{margin-top:20px}.saved-note{border-bottom:1px solid var(--line);background:var(--sunk);padding:7px 24px;font-size:var(--t1);color:var(--ink-2);text-align:center}@media(max-width:1080px){.bar{grid-template-columns:auto 1fr auto;row-gap:4px;padding:8px 16px 0;column-gap:12px}.tabs{grid-row:2;grid-column:1 / -1;padding-bottom:6px;margin-left:-8px;overflow-x:auto}.page{padding:18px 16px 56px}}.btn{font:500 var(--t2)/1 var(--sans);color:var(--ink);background:var(--panel);border:1px solid var(--line-2);border-radius:7px;padding:7px 11px;cursor:pointer;display:inline-flex;align-items:center;gap:6px;white-space:nowrap;text-decoration:none}.btn:hover{background:var(--hover)}.btn:disabled{color:var(--ink-3);cursor:default;background:transparent}.btn.quiet{border-color:transparent;background:none;color:var(--ink-2);padding:7px 8px}.btn.quiet:hover{background:var(--hover);color:var(--ink)}.btn.main{background:var(--ink);color:var(--bg);border-color:var(--ink)}.btn svg{width:16px;height:16px;display:block}.field{font:400 var(--t2)/1.4 var(--sans);color:var(--ink);background:var(--panel);border:1px solid var(--line-2);border-radius:7px;padding:5px 10px;min-width:0}.field::placeholder{color:var(--ink-3)}.field:focus{outline:2px solid var(--focus);outline-offset:-1px;border-color:transparent}textarea.field{width:100%;resize:vertical;display:block;padding:9px 12px;font-family:var(--mono);font-size:13px;line-height:1.55}.select{position:relative;display:inline-block;max-width:100%}.select select{appearance:none;font:500 var(--t2)/1.4 var(--sans);color:var(--ink);background:var(--panel);border:1px solid var(--line-2);border-radius:7px;padding:5px 28px 5px 10px;max-width:100%;text-overflow:ellipsis;cursor:pointer}.select select:hover{background:var(--hover)}.select:after{content:"";position:absolute;right:11px;top:50%;width:6px;height:6px;border:solid var(--ink-3);border-width:0 1.5px 1.5px 0;transform:translateY(-70%) rotate(45deg);pointer-events:none}.seg{display:inline-flex;border:1px solid var(--line-2);border-radius:7px;overflow:hidden;background:var(--panel)}.seg button{font:500 var(--t2)/1 var(--sans);border:0;background:none;color:var(--ink-2);padding:7px 11px;cursor:pointer;display:inline-flex;gap:6px;align-items:center;white-space:nowrap}.seg button+button{border-left:1px solid var(--line)}.seg button:hover{background:var(--hover)}.seg button[aria-pressed=true]{color:var(--ink);background:var(--select)}.seg .n{color:var(--ink-3);font-size:var(--t1)}.check{display:inline-flex;gap:7px;align-items:center;cursor:pointer;color:var(--ink-2);white-space:nowrap}.check input{accent-color:var(--strength);margin:0;width:15px;height:15px}.row{display:flex;flex-wrap:wrap;gap:10px;align-items:center}.row.end{justify-content:space-between}.grow{flex:1 1 auto;min-width:0}.swatch{width:9px;height:9px;border-radius:2px;display:inline-block;flex:none}.panel{background:var(--panel);border:1px solid var(--line);border-radius:10px;box-shadow:var(--shadow);padding:18px 20px;min-width:0}.panel>header{display:flex;justify-content:space-between;align-items:baseline;gap:12px;margin-bottom:12px}.panel>header .small{color:var(--ink-3);text-align:right}.grid{display:grid;gap:16px}.g2{grid-template-columns:repeat(2,minmax(0,1fr))}.g3{grid-template-columns:repeat(3,minmax(0,1fr))}.side{display:grid;gap:16px;grid-template-columns:minmax(0,1.72fr) minmax(300px,1fr);align-items:start}.stack{display:grid;gap:16px;min-width:0}.side.even{align-items:stretch}.latent{display:grid;gap:16px;grid-template:"told numbers" auto "told others" 1fr / minmax(0,1.72fr) minmax(300px,1fr);align-items:start}.told{grid-area:told}.numbers{grid-area:numbers}.others{grid-area:others}.logits{gap:12px}.tried{width:auto;margin-top:8px;overflow-wrap:anywhere}@media(max-width:980px){.latent{grid-template:"numbers" "told" "others" / minmax(0,1fr)}.numbers{grid-template-columns:minmax(0,2fr) minmax(0,3fr)}.logits{grid-template-columns:repeat(2,minmax(0,1fr));gap:20px}.logits .bars>*{grid-template-columns:minmax(0,3fr) minmax(24px,2fr) 46px;gap:8px}.others{display:block;columns:2;column-gap:16px}.others>*{break-inside:avoid;margin-bottom:16px}}@media(max-width:700px){.numbers{grid-template-columns:minmax(0,1fr)}.others{columns:1}}@media(max-width:1080px){.g3{grid-template-columns:repeat(2,minmax(0,1fr))}}@media(max-width:980px){.g2.late,.side{grid-template-columns:minmax(0,1fr)}}@media(max-width:700px){.g2,.g3{grid-template-columns:minmax(0,1fr)}}.tiles{display:grid;grid-template-columns:repeat(6,minmax(0,1fr));background:var(--panel);border:1px solid var(--line);border-radius:10px;overflow:hidden;box-shadow:var(--shadow)}.tile{padding:14px 16px 13px;border-left:1px solid var(--line);margin-left:-1px}.tile .k{color:var(--ink-2);font-size:var(--t1);white-space:nowrap}.tile .v{font-size:var(--t5);font-weight:560;letter-spacing:-.03em;line-height:1.2;margin:1px 0}.tile .i{color:var(--ink-3);font-size:var(--t1);white-space:nowrap}@media(max-width:1080px){.tiles{grid-template-columns:repeat(3,minmax(0,1fr))}.tile:nth-child(n+4){border-top:1px solid var(--line)}.tile .v{font-size:24px}}.tiles.four{grid-template-columns:repeat(4,minmax(0,1fr))}.tiles.four .tile{border-top:0}.state{padding:40px 20px;text-align:center;color:var(--ink-2)}.state h2{color:var(--ink);margin-bottom:6px}.state p{max-width:56ch;margin:0 auto}.state code{background:var(--sunk);border:1px solid var(--line);border-radius:5px;padding:2px 6px}.state.short{padding:16px 8px}.problem{border:1px solid color-mix(in srgb,var(--bad) 30%,transparent);background:var(--bad-bg);border-radius:9px;padding:11px 14px;overflow-wrap:anywhere}.problem b{color:var(--bad);font-weight:600}.problem .btn{margin-top:8px}.bones{display:grid;gap:9px;padding:6px 0}.bones i{height:12px;border-radius:5px;background:var(--hover);animation:breathe 1.4s ease-in-out infinite}@keyframes breathe{50%{opacity:.45}}@media(prefers-reduced-motion:reduce){.mt *{animation:none!important;transition:none!important}}.badge{display:inline-flex;align-items:center;gap:6px;font-size:var(--t1);font-weight:500;color:var(--ink-2);border:1px solid var(--line-2);border-radius:99px;padding:1px 9px;white-space:nowrap}.live{width:7px;height:7px;border-radius:50%;background:var(--strength);animation:breathe 1.4s infinite}.progress{height:4px;border-radius:2px;background:var(--line);overflow:hidden}.progress i{display:block;height:100%;background:var(--strength)}.legend{display:flex;flex-wrap:wrap;gap:4px 14px;font-size:var(--t1);color:var(--ink-2)}.legend>*{display:inline-flex;gap:6px;align-items:center}.t{width:100%;border-collapse:collapse}.scroll{overflow-x:auto}.t th{font-size:var(--t1);font-weight:500;color:var(--ink-3);text-align:left;padding:0 12px 7px 0;white-space:nowrap;border-bottom:1px solid var(--line)}.t td{padding:6px 12px 6px 0;border-bottom:1px solid var(--line);vertical-align:baseline}.t tr:last-child td{border-bottom:0}.t th:last-child,.t td:last-child{padding-right:0}.t .r{text-align:right}.t td.num{white-space:nowrap}.t td.fit+td.fit,.t td.fit+td:last-child{padding-left:10px}.t td.fit{white-space:nowrap;width:1%}.t tbody tr.pick{cursor:pointer}.t tbody tr.pick:hover td{background:var(--hover)}.t tbody tr[aria-selected=true] td{background:var(--select)}.t.pad td:first-child,.t.pad th:first-child{padding-left:10px}.t.pad td:last-child,.t.pad th:last-child{padding-right:10px}.cut{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}.v-table{border:1px solid var(--line);border-radius:10px;background:var(--panel);overflow:hidden;box-shadow:var(--shadow)}.v-head,.v-row{display:grid;align-items:center;column-gap:14px;padding:0 16px}.v-head{height:36px;border-bottom:1px solid var(--line);font-size:var(--t1);color:var(--ink-3);background:var(--sunk);overflow:hidden;scrollbar-gutter:stable}.v-head button{font:500 var(--t1)/1 var(--sans);color:inherit;border:0;background:none;padding:4px 0;cursor:pointer;white-space:nowrap}.v-head button:hover,.v-head [aria-sort] button{color:var(--ink)}.v-body{overflow-y:scroll;scrollbar-gutter:stable;position:relative;contain:strict}.v-body:focus-visible{outline-offset:-2px}.v-row{position:absolute;left:0;right:0;height:34px;border-bottom:1px solid var(--line);text-decoration:none!important;cursor:pointer;white-space:nowrap}.v-row:hover{background:var(--hover)}.v-row.on{background:var(--select);box-shadow:inset 3px 0 0 var(--strength)}.r{text-align:right;justify-self:end}.v-row>*,.v-head>*{min-width:0;overflow:hidden;text-overflow:ellipsis}.meter{display:inline-block;width:100%;height:5px;border-radius:3px;background:var(--line);overflow:hidden;vertical-align:middle}.meter i{display:block;height:100%;border-radius:3px}.dl{display:grid;grid-template-columns:minmax(110px,max-content) 1fr;gap:5px 18px}.dl dt{color:var(--ink-3)}.dl dd{overflow-wrap:anywhere}details>summary{cursor:pointer;color:var(--ink-2);font-weight:500}details[open]>summary{margin-bottom:12px}.chart{display:block;width:100%;overflow:visible;font:400 11px/1 var(--sans);font-variant-numeric:tabular-nums}.chart text{fill:var(--ink-3)}.chart .axis{stroke:var(--line)}.chart .base{stroke:var(--line-2)}.chart .title{fill:var(--ink-2)}.tip{position:fixed;z-index:60;pointer-events:none;background:var(--ink);color:var(--bg);border-radius:6px;padding:4px 8px;font-size:var(--t1);line-height:1.4;max-width:340px;white-space:pre-line;box-shadow:var(--pop);font-variant-numeric:tabular-nums;overflow-wrap:anywhere}.tok,.chip,.mono,.mt code,.mt textarea,.heat thead th button{font-variant-ligatures:none;font-feature-settings:"calt" 0,"liga" 0}.tok{font-family:var(--mono);font-size:13px;unicode-bidi:isolate;white-space:pre-wrap;border-radius:3px;padding:1.5px 0;background:color-mix(in oklab,var(--shade) calc(var(--s, 0) * 100%),transparent)}.tok.lit{color:var(--on-shade)}.tok.neg{background:color-mix(in oklab,var(--shade-negative) calc(var(--s, 0) * 100%),transparent)}.tok.peak{box-shadow:inset 0 -2px 0 var(--strength-ink)}.tok.lit.peak{box-shadow:inset 0 -2px 0 var(--on-shade)}.tok.pickable{cursor:pointer}.tok.pickable:hover{outline:1px solid var(--ink-3)}.tok.picked{outline:2px solid var(--focus)}.ws{color:var(--ink-3);opacity:.85}.tok.lit .ws{color:inherit;opacity:.7}.ws.named{opacity:1}.ws.code{font-size:9px;border:1px solid var(--line-2);border-radius:3px;padding:0 2px;margin:0 1px;opacity:1;vertical-align:1px}.chip{font-family:var(--mono);font-size:12.5px;background:var(--sunk);border:1px solid var(--line);border-radius:4px;padding:0 4px;white-space:pre;unicode-bidi:isolate;max-width:100%;overflow:hidden;text-overflow:ellipsis;display:inline-block;vertical-align:bottom}.example{display:grid;grid-template-columns:68px minmax(0,1fr);gap:12px;padding:7px 0;border-bottom:1px solid var(--line)}.example:last-child{border-bottom:0}.example .a{text-align:right;color:var(--strength-ink);font-weight:560}.example .from{font-size:11px;color:var(--ink-3)}.example .text{line-height:1.7;overflow-wrap:anywhere}.example .text.one{white-space:nowrap;overflow:hidden}.band{display:flex;align-items:baseline;gap:10px;margin:14px 0 2px}.band:first-child{margin-top:0}.band .small{color:var(--ink-3)}.bars{display:grid;gap:2px}.bars>*{display:grid;grid-template-columns:minmax(64px,40%) 1fr 58px;gap:10px;align-items:center;min-height:23px}.bars .track{height:10px;position:relative}.bars .track i{position:absolute;top:0;bottom:0;border-radius:2px}.label-edit{border:0;background:none;font:inherit;color:inherit;padding:2px 6px;margin-left:-6px;border-radius:6px;width:100%}.label-edit:hover{background:var(--hover)}.label-edit:focus{background:var(--panel);outline:2px solid var(--focus)}.heat{overflow:auto;max-height:680px;border:1px solid var(--line);border-radius:8px}.heat table{border-collapse:separate;border-spacing:0}.heat th,.heat td{padding:0;border:0}.heat thead th{position:sticky;top:0;z-index:2;background:var(--panel);vertical-align:bottom;height:96px;border-bottom:1px solid var(--line)}.heat thead th button{writing-mode:vertical-rl;transform:rotate(180deg);max-height:92px;width:22px;font:400 12px/22px var(--mono);border:0;background:none;color:var(--ink);cursor:pointer;padding:4px 0;overflow:hidden;text-overflow:ellipsis;white-space:pre;text-align:left}.heat thead th button:hover{background:var(--hover)}.heat thead th button[aria-pressed=true]{background:var(--select);font-weight:700;box-shadow:inset 2px 0 0 var(--strength),inset -2px 0 0 var(--strength)}.heat tbody th{position:sticky;left:0;z-index:1;background:var(--panel);text-align:left;font-weight:400;padding:0 12px;border-right:1px solid var(--line);width:250px;min-width:250px;max-width:250px;white-space:nowrap}.heat thead th:first-child{left:0;z-index:3;padding:0 12px 8px;text-align:left;border-right:1px solid var(--line);font-weight:400}.heat .cell{width:22px;height:22px;min-width:22px;background:color-mix(in oklab,var(--strength) calc(var(--s, 0) * 96%),var(--panel));box-shadow:inset 0 0 0 .5px var(--line)}.heat tbody tr:hover th,.heat tbody tr:hover .cell{box-shadow:inset 0 1px 0 var(--ink-3),inset 0 -1px 0 var(--ink-3)}.kbd{font-family:var(--mono);font-size:11px;border:1px solid var(--line-2);border-bottom-width:2px;border-radius:4px;padding:0 5px;background:var(--panel)}dialog.mt{border:1px solid var(--line-2);border-radius:12px;background:var(--panel);color:var(--ink);padding:20px 24px;box-shadow:var(--pop);max-width:460px}dialog.mt::backdrop{background:#00000059}dialog .dl{margin-top:12px;grid-template-columns:max-content 1fr}@media print{.top{position:static}.actions{display:none}.panel{break-inside:avoid}}.steer{display:grid;gap:16px;grid-template-columns:minmax(0,1fr) minmax(0,1.25fr);align-items:start}.beside{display:grid;gap:16px;grid-template-columns:repeat(var(--n),minmax(0,1fr))}.three{display:grid;gap:16px;grid-template-columns:repeat(3,minmax(0,1fr));margin-top:16px}@media(max-width:700px){.three,.beside{grid-template-columns:minmax(0,1fr)}}@media(max-width:980px){.steer{grid-template-columns:minmax(0,1fr)}}.change{border-top:1px solid var(--line);padding:9px 0}.choose+div>.change{border-top:0;padding-top:12px}.amount{margin-top:6px;flex-wrap:nowrap}.amount input[type=range]{flex:1 1 60px;min-width:40px;appearance:none;height:4px;margin:0;border-radius:2px;background:var(--line-2)}.amount input::-webkit-slider-thumb{appearance:none;width:14px;height:14px;border-radius:50%;background:var(--strength)}.amount input::-moz-range-thumb{border:0;width:14px;height:14px;border-radius:50%;background:var(--strength)}.amount .field{width:68px;text-align:right}.choices{display:grid;border:1px solid var(--line-2);border-radius:7px;margin-top:4px;padding:3px}.choices>span{padding:5px 8px}.choices button,.take{font:inherit;color:inherit;background:none;border:0;text-align:left;cursor:pointer;display:flex;gap:10px;align-items:baseline;padding:5px 8px;border-radius:5px;min-width:0}.choices button:hover,.take:hover{background:var(--hover)}.firing{display:flex;flex-wrap:wrap;gap:4px;margin-top:8px;min-height:30px;align-items:center}.take{border:1px solid var(--line-2);padding:1px 8px;max-width:190px;gap:6px;font-size:var(--t1)}.settings{margin-top:12px;gap:8px 9px}.settings .setting{font-size:var(--t1);gap:5px}.settings .field{padding:5px 7px}.setting{display:inline-flex;gap:6px;align-items:center;color:var(--ink-2);white-space:nowrap}.setting .field.num{text-align:right}.setting.grow .field{flex:1 1 auto;max-width:320px}.continuation{font:400 13px/1.65 var(--mono);white-space:pre-wrap;overflow-wrap:anywhere;min-height:1.65em}.continuation+.continuation{border-top:1px solid var(--line);margin-top:10px;padding-top:10px}.continuation .same{color:var(--ink-3)}.doses td.mono{min-width:180px;width:42%;font-size:12.5px;overflow-wrap:anywhere}.doses td{vertical-align:top}.send{color:var(--ink-3);visibility:hidden}.heat tbody tr:hover .send,.heat tbody tr:focus-within .send{visibility:visible}';
class qa {
  constructor(t) {
    this.model = t, t.on("msg:custom", ((r) => {
      const i = this.waiting.get(r.id);
      this.waiting.delete(r.id), r.error ? i?.failed(new G(r.error)) : i?.done(r.value);
    }));
  }
  live = !0;
  next = 0;
  waiting = /* @__PURE__ */ new Map();
  ask(t, r, i) {
    const a = this.next += 1;
    return new Promise((s, l) => {
      this.waiting.set(a, { done: s, failed: l }), this.model.send({ id: a, method: t, path: r, body: i });
    });
  }
}
function Da() {
  const e = Hn(), t = Z("/api/runs"), r = t.data?.runs[0], i = r?.dictionaries.find((s) => s.name === e.params.dictionary) ?? r?.dictionaries[0], a = La.find((s) => s.id === e.page)?.component;
  return t.error ? /* @__PURE__ */ n(R, { error: t.error }) : !t.data || !r || !i || !a ? /* @__PURE__ */ n(Se, {}) : /* @__PURE__ */ n(a, { run: r, dictionary: i, listing: t.data }, JSON.stringify(e.params.latent ?? ""));
}
function Pa(e) {
  for (const t of document.querySelectorAll("[data-microtome-static]"))
    t.dataset.microtomeStatic === e && ((t.closest(".jp-OutputArea-child") ?? t).style.display = "none");
}
const Oa = {
  render({ model: e, el: t }) {
    Ar(new qa(e)), Lr(String(e.get("route")));
    const r = document.body.dataset.jpThemeLight, i = r === void 0 ? matchMedia("(prefers-color-scheme: dark)").matches : r === "false";
    Pa(String(e.get("static")));
    const a = t.attachShadow({ mode: "open" }), s = document.createElement("style");
    s.textContent = Ba;
    const l = document.createElement("div");
    return l.className = "mt", l.dataset.theme = i ? "dark" : "light", l.style.background = "var(--bg)", a.append(s, l), l.addEventListener("click", (o) => {
      const c = o.target.closest?.("a[href^='#/']");
      if (!c) return;
      o.preventDefault();
      const d = c.getAttribute("href");
      lt(d);
    }), en(/* @__PURE__ */ n(E, { children: [
      /* @__PURE__ */ n("main", { class: "page", style: { padding: "16px" }, children: /* @__PURE__ */ n(Da, {}) }),
      /* @__PURE__ */ n(Ir, {})
    ] }), l), () => en(null, l);
  }
};
export {
  Oa as default
};
