import Reference
import Support
import Testing
import WritModel
import WritNetwork

@testable import WritRules

/// The analysis draws regions in which guards are true. Random guards are asked of random records:
/// a guard must be true exactly where its region says so.
@Suite struct RegionTests {
  @Test(arguments: Seeds.run(Seeds.count(100), from: 50_001))
  func `a guard is true exactly in its region`(seed: UInt64) {
    let world = RandomWorld(seed: seed)
    let program = world.program
    let engine = Evaluator(program, world.facts())
    let memory = Memory(Network(compiling: program), facts: world.facts(), today: world.today)
    for question in world.questions {
      guard case .winner(let id) = program[program[question.attribute].term] else { continue }
      let choose = program[id]
      let arguments = world.arguments(question, in: engine.facts)
      let frame = Evaluator.Frame(slots: arguments, today: .date(days: question.today))
      let space = Space(program, guards: choose.alternatives.map(\.guardTerm))
      let cells = space.dimensions.map { cell(of: engine.value(of: $0.term, in: frame), in: $0) }
      for alternative in choose.alternatives {
        let value = engine.value(of: alternative.guardTerm, in: frame)
        let asked = memory.value(
          of: alternative.guardTerm,
          in: WritNetwork.Frame(slots: arguments, today: question.today))
        #expect(
          Plain(asked, memory.facts) == Plain(value, engine.facts),
          "WRIT_SEED=\(seed): term \(alternative.guardTerm.index) alone")

        let region = space.region(where: alternative.guardTerm)
        let sides = region.boxes.flatMap(\.sides).map { Int($0.dimension) }
        // A value that breaks its promise (a dangling reference, another currency) has no cell.
        guard !value.isFault, sides.allSatisfy({ cells[$0] != nil }),
          !space.dimensions.indices.contains(where: { cells[$0] == nil })
        else { continue }
        let isInside = region.boxes.contains { box in
          box.sides.allSatisfy { $0.cells.contains(cells[Int($0.dimension)] ?? -1) }
        }
        let isTrue = value.isKnown && value.bits == 1
        #expect(
          region.isOverestimate ? (isInside || !isTrue) : isInside == isTrue,
          "WRIT_SEED=\(seed): \(question), rule \(alternative.rule.index): \(region.boxes)")
      }
    }
  }

  /// The cell a value lies in; nil if it has none.
  private func cell(of value: Value, in dimension: Dimension) -> Int? {
    if value.isFault { return nil }
    if !value.isKnown { return dimension.mayBeMissing ? dimension.missing : nil }
    switch dimension.kind {
    case .boolean, .member, .node: return Int(value.bits)
    case .text:
      return dimension.points.firstIndex { $0.bits == value.bits } ?? dimension.points.count
    case .reference: return nil
    case .ordered:
      if let first = dimension.points.first, first.tag == .money || first.tag == .duration,
        first.aux != value.aux
      {
        return nil
      }
      return (0..<dimension.count).first { cell in
        let bounds = dimension.bounds(of: cell)
        if let point = bounds.point { return Value.order(point, value) == 0 }
        return (bounds.below.map { Value.order($0, value) < 0 } ?? true)
          && (bounds.above.map { Value.order(value, $0) < 0 } ?? true)
      }
    }
  }
}
