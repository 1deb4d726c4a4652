import WritText

// What parts say, for telling whether two say the same and for showing them.

extension Part {
  /// The part as `fmt` writes it with English keywords, on one line; parts that say the same print
  /// the same.
  var printed: String { printed(in: .english) }

  /// The part as `fmt` writes it, on one line.
  func printed(in language: Language) -> String {
    let nowhere = span ?? Span(SourceID(0), 0, 0)
    let nobody = Name("x", at: nowhere)
    let anyone = Binder(type: nobody, name: nil, span: nowhere)
    func text(_ kind: Declaration.Kind) -> String {
      Printer.print(Declaration(kind, at: nowhere), in: language).squeezed.insideOfBraces
    }
    let nothing = TypeTree(.text, at: nowhere)
    let label = LabeledName(name: nobody, label: nil)
    switch self {
    case .declaration(let it): return Printer.print(it, in: language).squeezed
    case .territory(let it):
      return text(.territories(TerritoriesDeclaration(record: nobody, owner: nobody, rules: [it])))
    case .territoryOtherwise(let it):
      return text(
        .territories(
          TerritoriesDeclaration(record: nobody, owner: nobody, rules: [], otherwise: it)))
    case .skip(let it):
      return text(
        .assign(
          AssignDeclaration(record: nobody, candidate: anyone, order: [], skips: [it], rules: [])))
    case .assignRule(let it):
      return text(
        .assign(
          AssignDeclaration(record: nobody, candidate: anyone, order: [], skips: [], rules: [it])))
    case .assignOtherwise(let it):
      return text(
        .assign(
          AssignDeclaration(
            record: nobody, candidate: anyone, order: [], skips: [], rules: [], otherwise: it)))
    case .step(let it):
      return text(.price(PriceDeclaration(record: nobody, steps: [it])))
    case .source(let it):
      return text(
        .price(
          PriceDeclaration(
            record: nobody, steps: [PriceStep(kind: .startFirst([it]), span: nowhere)])))
    case .offer(let it):
      return text(
        .price(
          PriceDeclaration(record: nobody, steps: [PriceStep(kind: .offer(it), span: nowhere)])))
    case .saleRule(let it):
      return text(
        .authorizeSale(
          SaleDeclaration(product: anyone, account: anyone, seller: anyone, rules: [it])))
    case .discountRule(let it):
      return text(
        .authorizeDiscount(
          DiscountDeclaration(
            attribute: nobody, record: nobody, ladder: nobody, rules: [it], voidOn: [])))
    case .matchRule(let it):
      return text(.match(MatchDeclaration(left: anyone, right: anyone, rules: [it])))
    case .decideRule(let it):
      return text(
        .decide(DecideDeclaration(name: label, record: nobody, result: nothing, rules: [it])))
    case .row(let it):
      let results = it.results.map { Printer.print($0, in: language) }.joined(separator: " | ")
      return it.cellsText(in: language) + " -> " + results
    case .arm(let it):
      return Printer.print(it.condition, in: language) + " : "
        + Printer.print(it.value, in: language)
    case .points(let it):
      return text(
        .define(DefineDeclaration(name: label, value: Expression(.points([it]), at: nowhere))))
    case .otherwise(let it):
      return Keyword.otherwise.spelling(in: language) + " " + Printer.print(it, in: language)
    }
  }

  /// Its condition and what comes of it, as they print; the title is in neither.
  var halves: (condition: String, value: String) {
    switch self {
    case .row(let row):
      return (
        row.cellsText(in: .english),
        row.results.map { Printer.print($0, in: .english) }.joined(separator: " | ")
      )
    case .arm(let arm):
      return (
        Printer.print(arm.condition, in: .english), Printer.print(arm.value, in: .english)
      )
    case .points(var row):
      let condition = row.condition.map { Printer.print($0, in: .english) } ?? "always"
      row.condition = nil
      return (condition, Part.points(row).printed)
    case .skip(let skip): return (Printer.print(skip.condition, in: .english), "")
    default:
      guard let guards else { return ("", printed) }
      var condition = guards
      condition.because = nil
      let span = span ?? Span(SourceID(0), 0, 0)
      let bare = SaleDeclaration.Rule(
        title: TextLiteral("", at: span), guards: condition, isPermit: true, span: span)
      return (Part.saleRule(bare).printed, plain.printed)
    }
  }

  /// What stands around the outcome of a rule; nil for what has no guards.
  private var guards: Guards? {
    switch self {
    case .territory(let it): it.guards
    case .assignRule(let it): it.guards
    case .saleRule(let it): it.guards
    case .discountRule(let it): it.guards
    case .matchRule(let it): it.guards
    case .decideRule(let it): it.guards
    case .source(let it): it.guards
    case .offer(let it): it.guards
    case .step(let it):
      switch it.kind {
      case .offer(let offer): offer.guards
      case .group(_, let guards, _, _, _): guards
      default: nil
      }
    default: nil
    }
  }

  /// Without title and guards, but for the reason it gives.
  private var plain: Part {
    func untitled(_ title: TextLiteral) -> TextLiteral { TextLiteral("", at: title.span) }
    func unguarded(_ guards: Guards) -> Guards { Guards(because: guards.because) }
    func plain(_ offer: Offer) -> Offer {
      var offer = offer
      offer.title = offer.title.map(untitled)
      offer.guards = unguarded(offer.guards)
      return offer
    }
    switch self {
    case .territory(var it):
      it.title = untitled(it.title)
      it.guards = unguarded(it.guards)
      return .territory(it)
    case .assignRule(var it):
      it.title = untitled(it.title)
      it.guards = unguarded(it.guards)
      return .assignRule(it)
    case .saleRule(var it):
      it.title = untitled(it.title)
      it.guards = unguarded(it.guards)
      return .saleRule(it)
    case .discountRule(var it):
      it.title = it.title.map(untitled)
      it.guards = unguarded(it.guards)
      return .discountRule(it)
    case .matchRule(var it):
      it.title = untitled(it.title)
      it.guards = unguarded(it.guards)
      return .matchRule(it)
    case .decideRule(var it):
      it.title = untitled(it.title)
      it.guards = unguarded(it.guards)
      return .decideRule(it)
    case .source(var it):
      it.title = untitled(it.title)
      it.guards = unguarded(it.guards)
      return .source(it)
    case .offer(let it): return .offer(plain(it))
    case .step(var it):
      switch it.kind {
      case .offer(let offer): it.kind = .offer(plain(offer))
      case .group(let title, let guards, let policy, let offers, let isFinal):
        it.kind = .group(
          title: untitled(title), guards: unguarded(guards), policy, offers, isFinal: isFinal)
      default: break
      }
      return .step(it)
    default: return self
    }
  }

  /// What to call it where it stands among others: its title, the cells of a row, what it does; with
  /// English keywords.
  var shown: String { shown(in: .english) }

  /// The same with the keywords of a language.
  func shown(in language: Language) -> String {
    func word(_ keyword: Keyword) -> String { keyword.spelling(in: language) }
    switch self {
    case .declaration: return ""
    case .row(let row): return row.cellsText(in: language)
    case .arm(let arm): return Printer.print(arm.condition, in: language)
    case .points(let row):
      return row.condition.map { Printer.print($0, in: language) } ?? word(.always)
    case .skip(let skip): return Printer.print(skip.condition, in: language)
    case .territoryOtherwise, .assignOtherwise, .otherwise: return word(.otherwise)
    case .step(let step):
      if case .whole(let name, _) = step.kind { return word(.whole) + " " + name.text }
      if case .startFirst = step.kind { return word(.start) }
      if case .start = step.kind { return word(.start) }
      return key.isEmpty ? printed(in: language) : key
    default: return key.isEmpty ? printed(in: language) : key
    }
  }
}

extension TableDeclaration.Row {
  fileprivate func cellsText(in language: Language) -> String {
    guard let cells else { return Keyword.else.spelling(in: language) }
    return cells.map { Printer.print($0, in: language) }.joined(separator: " | ")
  }
}

extension String {
  /// Runs of spaces and line ends as one space.
  var squeezed: String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(utf8.count)
    for byte in utf8 {
      if byte != 0x20, !(0x09...0x0D).contains(byte) {
        bytes.append(byte)
      } else if let last = bytes.last, last != 0x20 {
        bytes.append(0x20)
      }
    }
    if bytes.last == 0x20 { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// What stands between the first brace and the last.
  fileprivate var insideOfBraces: String {
    guard let open = utf8.firstIndex(of: UInt8(ascii: "{")),
      let close = utf8.lastIndex(of: UInt8(ascii: "}")), open < close
    else { return self }
    var inside = self[utf8.index(after: open)..<close].utf8
    while inside.first == 0x20 { inside.removeFirst() }
    while inside.last == 0x20 { inside.removeLast() }
    return String(inside) ?? self
  }
}
