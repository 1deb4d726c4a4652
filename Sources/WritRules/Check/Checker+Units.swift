import WritModel
import WritSyntax
import WritText

// Units: one a declaration, declared in written order and lowered on demand.
extension Checker {
  /// How deep checking may go: a step into a part of an expression counts one, beginning another
  /// unit counts `unitDepth`. The parser allows 200 in one expression.
  static let deepest = 600
  static let unitDepth = 6
  static let callDepth = 4

  mutating func collectUnits() {
    for file in files {
      for declaration in file.declarations { addUnit(declaration) }
    }
  }

  mutating func addUnit(_ declaration: Declaration) {
    units.append(
      Unit(
        declaration: declaration, title: declaration.title,
        isLast: Checker.isLast(declaration)))
  }

  /// Lowers a unit unless that has been done or is going on.
  mutating func lower(_ unit: UnitID) {
    let index = Int(unit.index)
    guard units[index].state == .waiting else { return }
    let declaration = units[index].declaration
    guard depth + Checker.unitDepth <= Checker.deepest else {
      report(.chainTooDeep(at: declaration.span))
      units[index].state = .done
      return
    }
    depth += Checker.unitDepth
    units[index].state = .running
    running.append(unit)
    lower(declaration, unit: unit)
    running.removeLast()
    units[index].state = .done
    depth -= Checker.unitDepth
  }

  /// Reports a circle: the unit is being lowered, and someone it reads reads it again.
  mutating func reportCircle(to unit: UnitID, at span: Span) {
    guard let start = running.firstIndex(of: unit) else { return }
    let path =
      running[start...].map { units[Int($0.index)].title } + [
        units[Int(unit.index)].title
      ]
    report(.circle(path, at: span))
  }

  /// Puts the decisions in written order, once all of them stand and before tests name them.
  mutating func sortDecisions() {
    var order = Array(program.decisions.indices)
    order.sort { a, b in
      let left = program.decisions[a].span
      let right = program.decisions[b].span
      if left.source != right.source { return left.source < right.source }
      if left.start != right.start { return left.start < right.start }
      return a < b
    }
    var position = Array(repeating: 0, count: order.count)
    for (new, old) in order.enumerated() { position[old] = new }
    program.decisions = order.map { program.decisions[$0] }
    for (unit, id) in decisions { decisions[unit] = DecisionID(position[Int(id.index)]) }
    for index in program.decisions.indices {
      guard case .require(var plan) = program.decisions[index].kind, let stops = plan.stops else {
        continue
      }
      plan.stops = DecisionID(position[Int(stops.index)])
      program.decisions[index].kind = .require(plan)
    }
  }

  // MARK: Dispatch

  /// Declares the names a unit makes, and nothing else: no expression is looked at yet.
  mutating func declare(_ unit: UnitID) {
    switch units[Int(unit.index)].declaration.kind {
    case .currency, .zone, .enumeration, .tree, .record, .queue, .data: break
    case .define(let declaration): declare(declaration, unit: unit)
    case .table(let declaration): declare(declaration, unit: unit)
    case .decide(let declaration): declare(declaration, unit: unit)
    case .param(let declaration): declare(declaration, unit: unit)
    case .territories(let declaration): declare(declaration, unit: unit)
    case .assign(let declaration): declare(declaration, unit: unit)
    case .price(let declaration): declare(declaration, unit: unit)
    case .authorizeSale(let declaration): declare(declaration, unit: unit)
    case .authorizeDiscount(let declaration): declare(declaration, unit: unit)
    case .match(let declaration): declare(declaration, unit: unit)
    case .split(let declaration): declare(declaration, unit: unit)
    case .require(let declaration): declare(declaration, unit: unit)
    case .show, .changeable: break
    case .change(let declaration): declare(declaration, unit: unit)
    case .alert(let declaration): declare(declaration, unit: unit)
    case .test(let declaration): declare(declaration, unit: unit)
    case .variant(let declaration): declare(declaration, unit: unit)
    case .measure(let declaration): declare(declaration, unit: unit)
    case .experiment(let declaration): declare(declaration, unit: unit)
    }
  }

  private mutating func lower(_ declaration: Declaration, unit: UnitID) {
    switch declaration.kind {
    case .currency, .zone, .enumeration, .tree, .record, .queue: break
    case .data(let data): lower(data, unit: unit)
    case .define(let define): lower(define, unit: unit)
    case .table(let table): lower(table, unit: unit)
    case .decide(let decide): lower(decide, unit: unit)
    case .param(let param): lower(param, unit: unit)
    case .territories(let territories): lower(territories, unit: unit)
    case .assign(let assign): lower(assign, unit: unit)
    case .price(let price): lower(price, unit: unit)
    case .authorizeSale(let sale): lower(sale, unit: unit)
    case .authorizeDiscount(let discount): lower(discount, unit: unit)
    case .match(let match): lower(match, unit: unit)
    case .split(let split): lower(split, unit: unit)
    case .require(let require): lower(require, unit: unit)
    case .show(let show): lower(show, unit: unit)
    case .changeable(let paths): lower(changeable: paths, unit: unit)
    case .change(let change): lower(change, unit: unit)
    case .alert(let alert): lower(alert, unit: unit)
    case .test(let test): lower(test, unit: unit)
    case .variant(let variant): lower(variant, unit: unit)
    case .measure(let measure): lower(measure, unit: unit)
    case .experiment(let experiment): lower(experiment, unit: unit)
    }
  }

  private static func isLast(_ declaration: Declaration) -> Bool {
    switch declaration.kind {
    case .test, .variant, .measure, .experiment, .show, .changeable: true
    default: false
    }
  }
}
