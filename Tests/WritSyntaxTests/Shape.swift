import WritSyntax
import WritText

/// What a tree says, without where: two trees of one meaning have one shape. Spans, comments, the
/// language, the author's spelling of digits and brackets that change nothing are left out.
func shape(_ value: Any) -> String {
  var text = ""
  write(value, into: &text)
  return text
}

private func write(_ value: Any, into text: inout String) {
  switch value {
  case is Span: return
  case let string as String:
    text += "\"" + string + "\""
    return
  case let expression as Expression:
    if case .grouped(let inner) = expression.kind { return write(inner, into: &text) }
    return write(expression.kind, into: &text)
  case let literal as Literal:
    switch literal {
    case .number(let digits, _): text += "#" + digits
    case .percent(let digits, _): text += "%" + digits
    case .zhe(let digits): text += "折" + digits
    case .money(let currency, let digits, _): text += "¥\(currency?.text ?? "")" + digits
    case .date(let days, _): text += "d\(days)"
    case .time(let seconds, let offset, _): text += "t\(seconds)+\(offset)"
    case .duration(let duration): text += "\(duration.count)\(duration.unit)"
    case .text(let content): text += "'" + content + "'"
    }
    return
  default: break
  }
  let mirror = Mirror(reflecting: value)
  switch mirror.displayStyle {
  case .optional:
    if let child = mirror.children.first { write(child.value, into: &text) } else { text += "-" }
  case .collection:
    text += "["
    for child in mirror.children {
      write(child.value, into: &text)
      text += " "
    }
    text += "]"
  case .enum where mirror.children.isEmpty: text += "." + String(describing: value)
  default:
    text += "("
    for child in mirror.children where !(child.value is Span) {
      text += (child.label ?? "") + ":"
      write(child.value, into: &text)
      text += " "
    }
    text += ")"
  }
}

/// An expression with all its brackets: `a + b * c` gives `(a + (b * c))`.
func bracketed(_ expression: Expression) -> String {
  func both(_ a: Expression, _ op: String, _ b: Expression) -> String {
    "(\(bracketed(a)) \(op) \(bracketed(b)))"
  }
  switch expression.kind {
  case .grouped(let inner): return bracketed(inner)
  case .negate(let inner): return "(-\(bracketed(inner)))"
  case .not(let inner): return "(not \(bracketed(inner)))"
  case .binary(let op, let left, let right): return both(left, "\(op)", right)
  case .member(let owner, let name): return bracketed(owner) + "." + name.text
  case .presence(let inner, let isKnown, let isNegated):
    return "(\(bracketed(inner)) is\(isNegated ? " not" : "") \(isKnown ? "known" : "missing"))"
  case .range(let range):
    let lower = range.lower.map(bracketed) ?? ""
    let upper = range.upper.map(bracketed) ?? ""
    return "[\(lower)\(range.includesLower ? "" : "<")..\(range.includesUpper ? "" : "<")\(upper)]"
  case .call(let name, let arguments):
    return name.text + "(" + arguments.map(bracketed).joined(separator: ", ") + ")"
  case .set(let items): return "{" + items.map(bracketed).joined(separator: ", ") + "}"
  case .fold(let fold):
    let over = fold.over
    return "<\(fold.kind)\(fold.isKnown ? " known" : "")\(fold.isDistinct ? " distinct" : "") "
      + "\(bracketed(fold.value)) over \(gathered(over))>"
  case .quantifier(let quantifier, let gathering): return "<\(quantifier) \(gathered(gathering))>"
  default: return Printer.print(expression, in: .english)
  }
}

private func gathered(_ gathering: Gathering) -> String {
  var text = gathering.binder.type.text
  if let name = gathering.binder.name { text += " " + name.text }
  if let source = gathering.source { text += " in " + bracketed(source) }
  if let condition = gathering.condition { text += " where " + bracketed(condition) }
  return text
}
