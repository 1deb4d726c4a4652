import Support
import Testing
import WritModel
import WritRules

@testable import WritNetwork

/// Narrow columns name the same cells as the values they were made from.
@Suite struct NarrowTests {
  @Test(arguments: Seeds.run(Seeds.count(300), from: 90_001))
  func `a lens finds the cell of every value`(seed: UInt64) {
    var dice = SeededGenerator(seed: seed)
    let types: [ValueType] = [.number, .integer, .date, .boolean, .money(CurrencyID(0))]
    let type = dice.pick(types)
    let magnitude = dice.pick([10, 1_000, 100_000, 5_000_000_000, 900_000_000_000_000])
    func number(_ dice: inout SeededGenerator, _ scales: ClosedRange<Int>) -> Value {
      switch type {
      case .date: return .date(days: Int32(dice.number(-40...40_000)))
      case .boolean: return .boolean(dice.chance(50))
      default:
        let low = dice.chance(30) ? -magnitude : 0
        let decimal = Decimal(
          mantissa: Int64(dice.number(low...magnitude)), scale: UInt8(dice.number(scales)))
        return type == .number || type == .integer
          ? .number(decimal) : .money(decimal, CurrencyID(0))
      }
    }
    let positions = (0..<dice.number(1...60)).map { _ in
      (number(&dice, 0...2), needsAfter: dice.chance(60), needsAt: dice.chance(70))
    }
    guard let scale = Scale(positions, type: type, mostCells: dice.pick([8, 1_022])) else { return }
    let dimension = Dimension(
      term: TermID(0), form: .ordered(scale), cellCount: scale.breakpoints.count + 2,
      NarrowTests.program)
    let scales = dice.pick([0...0, 0...2, 1...4, 2...2])
    let blanks = dice.pick([0, 0, 10, 100])
    let column = ContiguousArray(
      (0..<dice.number(1...600)).map { _ -> Value in
        if dice.chance(blanks) { return .missing(Cause(.blankField)) }
        // Half of them at the thresholds and beside them.
        guard dice.chance(50) else { return number(&dice, scales) }
        var value = dice.pick(positions).0
        value.bits += type == .boolean ? 0 : Int64(dice.number(-1...1))
        return value
      })
    let narrow = NarrowColumn(column)
    defer { withExtendedLifetime(narrow) {} }
    let page = narrow.page(of: 0)
    guard page.width != .none,
      let lens = Lens(dimension, stride: 12, likeness: page.likeness, width: page.width)
    else {
      #expect(page.width == .none || column.allSatisfy { !$0.isKnown }, "WRIT_SEED=\(seed)")
      return
    }
    let rows = UnsafeMutablePointer<UInt32>.allocate(capacity: column.count)
    defer { rows.deallocate() }
    lens.locate(page, 0, count: column.count, adding: false, into: rows)
    for (index, value) in column.enumerated() {
      let cell = dimension.cell(of: value) ?? -1
      #expect(
        rows[index] == UInt32(cell * 12), "WRIT_SEED=\(seed): \(value.tag) \(value.decimal)")
    }
  }

  @Test(arguments: [70, 70_000])
  func `a lens finds the cell of every text`(most: Int) throws {
    let named = [3, 5, 9, 60, most - 1].map { Value.text(Symbol($0)) }
    let listing = try #require(Listing(named, mostCells: 100))
    let dimension = Dimension(
      term: TermID(0), form: .listed(listing), cellCount: listing.otherCell + 2,
      NarrowTests.program)
    var column = ContiguousArray((0..<most + 20).map { Value.text(Symbol($0)) }.suffix(4_000))
    column[7] = .missing(Cause(.blankField))
    let narrow = NarrowColumn(column)
    defer { withExtendedLifetime(narrow) {} }
    let page = narrow.page(of: 0)
    #expect(page.width == (most > 65_000 ? .four : .two))
    let lens = try #require(
      Lens(dimension, stride: 4, likeness: page.likeness, width: page.width))
    let rows = UnsafeMutablePointer<UInt32>.allocate(capacity: column.count)
    defer { rows.deallocate() }
    lens.locate(page, 0, count: column.count, adding: false, into: rows)
    for (index, value) in column.enumerated() {
      #expect(rows[index] == UInt32((dimension.cell(of: value) ?? -1) * 4))
    }
  }

  @Test func `mixed kinds and faults stay as they are`() {
    let number = Value.number(Decimal(1))
    let columns: [ContiguousArray<Value>] = [
      [number, .boolean(true)], [number, .fault(Cause(.notGiven))],
      [.money(Decimal(1), CurrencyID(0)), .money(Decimal(1), CurrencyID(1))],
      [.number(Decimal(mantissa: .max, scale: 0)), .number(Decimal(mantissa: 1, scale: 9))],
    ]
    for column in columns { #expect(NarrowColumn(column).page(of: 0).width == .none) }
  }

  @Test func `a column that was written to is read anew`() {
    var column: ContiguousArray<Value> = [.number(Decimal(1)), .number(Decimal(2))]
    let narrow = NarrowColumn(column)
    func mirrors() -> Bool {
      column.withUnsafeBufferPointer { buffer in
        buffer.baseAddress.map {
          narrow.mirrors(UnsafeMutablePointer(mutating: $0), count: buffer.count)
        } ?? false
      }
    }
    #expect(mirrors())
    column[0] = .number(Decimal(3))
    #expect(!mirrors())
  }

  private static var program: Program {
    var program = Program()
    program.terms = [.today]
    program.types = [.date]
    return program
  }
}
