import WritModel
import WritRules

/// What an answer can depend on: the fields that its terms read, through everything they rest on,
/// and the constants that these compare with.
struct NeedReach {
  private(set) var fields: Set<FieldID> = []
  /// Thresholds of numbers, percents and money, each once, in the order of the terms.
  private(set) var numbers: [Decimal] = []
  private(set) var dates: [Int32] = []
  private(set) var texts: [Symbol] = []

  private var seenNumbers: Set<Decimal> = []
  private var seenDates: Set<Int32> = []
  private var seenTexts: Set<Symbol> = []

  /// Time linear in the terms.
  init(_ program: Program, _ answer: AttributeID) {
    var waiting = [program[answer].term]
    var seen: Set<TermID> = []
    while let term = waiting.popLast() {
      guard seen.insert(term).inserted else { continue }
      switch program[term] {
      case .constant(let constant): note(constant)
      case .slot, .today: continue
      case .field(let field, let of):
        fields.insert(field)
        waiting.append(of)
      case .attribute(let id, let arguments, let asOf):
        waiting += arguments + (asOf.map { [$0] } ?? []) + [program[id].term]
      case .operation(_, let arguments): waiting += arguments
      case .winner(let choose), .collect(let choose, _, _):
        waiting += Self.terms(of: program[choose])
      case .payload(let choose, _, let winner):
        waiting += Self.terms(of: program[choose]) + [winner]
      case .gather(let gather):
        let plan = program[gather]
        waiting += [plan.guardTerm, plan.value].compactMap(\.self) + plan.keys.map(\.term)
        if case .apportion(let amount, let quantum, let weight) = plan.fold {
          waiting += [amount, quantum, weight]
        }
      case .follow(let follow):
        let plan = program[follow]
        waiting += [plan.start, plan.next, plan.condition]
      case .counter(_, let of): waiting.append(of)
      }
    }
  }

  private static func terms(of choose: Choose) -> [TermID] {
    choose.alternatives.flatMap { [$0.guardTerm] + $0.payload } + (choose.otherwise?.payload ?? [])
  }

  private mutating func note(_ constant: Constant) {
    for item in constant.items ?? [] { note(item) }
    let value = constant.value
    switch value.tag {
    case .number, .money:
      let number = value.decimal.normalized
      if seenNumbers.insert(number).inserted { numbers.append(number) }
    case .date:
      let day = Int32(truncatingIfNeeded: value.bits)
      if seenDates.insert(day).inserted { dates.append(day) }
    case .text:
      let symbol = Symbol(Int(value.bits))
      if seenTexts.insert(symbol).inserted { texts.append(symbol) }
    default: return
    }
  }
}
