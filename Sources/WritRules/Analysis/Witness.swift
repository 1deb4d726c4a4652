import WritModel
import WritText

/// Tells a point of a box in the words of the rules: `region = east, employees = 500`.
struct Witness {
  let program: Program
  let space: Space
  private let choose: Choose
  private let parameters: [Named]

  init(_ program: Program, _ space: Space, _ choose: Choose, _ subject: Analysis.Subject) {
    self.program = program
    self.space = space
    self.choose = choose
    parameters =
      switch subject {
      case .table(let decision), .territories(let decision), .other(.some(let decision)):
        program[decision.answer].parameterNames
      case .other(nil): []
      }
  }

  /// One point of the box, dimension by dimension.
  func describe(_ box: Box) -> Phrase {
    let parts = box.sides.compactMap { side -> Phrase? in
      let dimension = space.dimensions[Int(side.dimension)]
      let known = side.cells.intersection(dimension.known)
      guard let cell = known.first ?? side.cells.first else { return nil }
      // All there is to know about it is that it is known.
      if known == dimension.known, dimension.isDerived { return nil }
      if dimension.isDerived, dimension.kind == .boolean, let text = text(of: dimension.term) {
        return cell == 1 ? Phrase(text, zh: text) : Phrase("not (\(text))", zh: "非 (\(text))")
      }
      let name = name(of: dimension.term)
      let value = value(of: cell, in: dimension)
      return Phrase(
        "\(name.english) = \(value.english)", zh: "\(name.chinese) = \(value.chinese)")
    }
    return Phrase(
      parts.map(\.english).joined(separator: ", "), zh: parts.map(\.chinese).joined(separator: ", ")
    )
  }

  /// What a point of the box is, as far as it is said by fields.
  func values(_ box: Box) -> [TermID: Value] {
    var found: [TermID: Value] = [:]
    for side in box.sides {
      let dimension = space.dimensions[Int(side.dimension)]
      guard !dimension.isDerived else { continue }
      let known = side.cells.intersection(dimension.known)
      guard let cell = known.first else {
        found[dimension.term] = .missing(Cause(.blankField))
        continue
      }
      switch dimension.kind {
      case .boolean: found[dimension.term] = .boolean(cell == 1)
      case .member(let id): found[dimension.term] = .member(cell, of: id)
      case .node(let id): found[dimension.term] = .node(cell, of: id)
      case .text:
        if cell < dimension.points.count { found[dimension.term] = dimension.points[cell] }
      case .reference:
        guard cell < dimension.points.count else { continue }
        found[dimension.term] = Trial.key(TermID(Int(dimension.points[cell].bits)))
      case .ordered(let isStepped):
        found[dimension.term] = Self.point(of: dimension.bounds(of: cell), isStepped: isStepped)
      }
    }
    return found
  }

  /// A record that was tried.
  func describe(_ trial: Trial) -> Phrase {
    let parts = trial.paths.compactMap { path -> Phrase? in
      guard let value = trial.values[path] else { return nil }
      let name = name(of: path)
      let text = text(of: value, type: program.type(of: path))
      return Phrase("\(name.english) = \(text.english)", zh: "\(name.chinese) = \(text.chinese)")
    }
    return Phrase(
      parts.map(\.english).joined(separator: ", "), zh: parts.map(\.chinese).joined(separator: ", ")
    )
  }

  private func text(of value: Value, type: ValueType) -> Phrase {
    switch (value.tag, type) {
    case (.missing, _): return Phrase("missing", zh: "缺失")
    case (.boolean, _): return value.bits == 1 ? Phrase("yes", zh: "是") : Phrase("no", zh: "否")
    case (.member, .member(let id)): return program.schema[id].members[Int(value.bits)].phrase
    case (.node, .node(let id)): return program.schema[id].nodes[Int(value.bits)].name.phrase
    case (.text, _):
      let text = "\"\(program.texts.text(of: Symbol(Int(value.bits))))\""
      return Phrase(text, zh: text)
    case (.record, _): return keys(of: TermID(Int(value.bits)))
    default:
      let text = written(value, type: type)
      return Phrase(text, zh: text)
    }
  }

  /// The key by which a term names a record.
  private func keys(of term: TermID) -> Phrase {
    guard case .operation(_, let keys) = program[term] else { return Phrase("…", zh: "…") }
    let texts = keys.compactMap { key -> String? in
      guard case .constant(let constant) = program[key] else { return nil }
      return "\"\(program.texts.text(of: Symbol(Int(constant.value.bits))))\""
    }
    return Phrase(texts.joined(separator: " "), zh: texts.joined(separator: " "))
  }

  /// A condition as it is written in one of the rules.
  private func text(of term: TermID) -> String? {
    for alternative in choose.alternatives {
      for condition in program[alternative.rule].conditions where condition.term == term {
        return condition.text
      }
    }
    return nil
  }

  private func name(of term: TermID) -> Phrase {
    switch program[term] {
    case .slot(let index):
      if parameters.indices.contains(Int(index)) { return parameters[Int(index)].phrase }
      return Phrase("parameter \(index + 1)", zh: "第 \(index + 1) 个参数")
    case .today: return Phrase("today", zh: "今天")
    case .field(let field, let of):
      let own = program.schema[field].name.phrase
      // Fields of the subject stand bare, as they are written.
      if program[of] == .slot(0), parameters.count < 2 { return own }
      let base = name(of: of)
      return Phrase("\(base.english).\(own.english)", zh: "\(base.chinese).\(own.chinese)")
    case .attribute(let id, _, _):
      let name = program[id].name
      let short = String(name.name.split(separator: ".").last ?? Substring(name.name))
      return Phrase(short, zh: name.label ?? short)
    default:
      let text = text(of: term) ?? "…"
      return Phrase(text, zh: text)
    }
  }

  private func value(of cell: Int, in dimension: Dimension) -> Phrase {
    if cell == dimension.missing { return Phrase("missing", zh: "缺失") }
    switch dimension.kind {
    case .boolean: return cell == 1 ? Phrase("yes", zh: "是") : Phrase("no", zh: "否")
    case .member(let id): return program.schema[id].members[cell].phrase
    case .node(let id): return program.schema[id].nodes[cell].name.phrase
    case .text:
      guard cell < dimension.points.count else { return Phrase("another text", zh: "其他文字") }
      let text = "\"\(program.texts.text(of: Symbol(Int(dimension.points[cell].bits))))\""
      return Phrase(text, zh: text)
    case .reference:
      guard cell < dimension.points.count else { return Phrase("another one", zh: "其他") }
      return keys(of: TermID(Int(dimension.points[cell].bits)))
    case .ordered(let isStepped):
      let text = written(
        Self.point(of: dimension.bounds(of: cell), isStepped: isStepped),
        type: program.type(of: dimension.term))
      return Phrase(text, zh: text)
    }
  }

  /// A value inside a cell: the constant itself, one step beyond an end, or the middle.
  private static func point(
    of cell: (point: Value?, below: Value?, above: Value?), isStepped: Bool
  ) -> Value {
    if let point = cell.point { return point }
    guard let below = cell.below else { return cell.above?.moved(by: -1) ?? .number(Decimal(0)) }
    guard let above = cell.above, !isStepped else { return below.moved(by: 1) }
    let low = below.decimal
    let middle = low.adding(above.decimal)?.divided(by: Decimal(2), decimals: 9) ?? low
    return Value(tag: below.tag, bits: middle.mantissa, scale: middle.scale, aux: below.aux)
  }

  private func written(_ value: Value, type: ValueType) -> String {
    switch value.tag {
    case .date: return CivilDate(days: Int(value.bits))?.description ?? "—"
    case .time: return value.moment.description
    case .duration:
      return "\(value.bits) \(value.aux == 0 ? "days" : value.aux == 1 ? "months" : "seconds")"
    case .money:
      let amount = value.decimal.trimmed(to: 0).description
      if value.aux == 0 { return amount }
      return "\(program.schema.currencies[Int(value.aux)]) \(amount)"
    default:
      guard type == .percent, let points = value.decimal.multiplied(by: Decimal(100)) else {
        return value.decimal.trimmed(to: 0).description
      }
      return "\(points.trimmed(to: 0).description)%"
    }
  }
}

extension Named {
  /// The name, or where there is one the label for Chinese readers.
  fileprivate var phrase: Phrase { Phrase(name, zh: label ?? name) }
}

extension Value {
  /// A number or day so many steps on; integers stay integers.
  func moved(by steps: Int64) -> Value {
    guard tag == .number || tag == .money else {
      return Value(tag: tag, bits: bits &+ steps, scale: scale, aux: aux)
    }
    let base = decimal.quantized(to: 0, steps > 0 ? .floor : .ceiling) ?? decimal
    let moved = base.adding(Decimal(steps)) ?? decimal
    return Value(tag: tag, bits: moved.mantissa, scale: moved.scale, aux: aux)
  }
}
