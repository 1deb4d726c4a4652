import WritModel
import WritRules

/// The flat code of one term: instructions over registers, run for all lanes of a block at once.
///
/// Every subterm stands once (terms are hash-consed). What only some lanes need is computed over a
/// narrower selection; a register is valid for the lanes of the selection it was computed under.
final class Code: Sendable {
  enum RegisterKind: Sendable {
    case vector
    case slot(Int32)
    case constant(Int32)
    case today
  }
  let instructions: [Instruction]
  let registers: [RegisterKind]
  let selectionCount: Int
  let operands: [Int32]
  let operations: [Asked]
  let calls: [Call]
  let result: Int32

  init(
    instructions: [Instruction], registers: [RegisterKind], selectionCount: Int,
    operands: [Int32], operations: [Asked], calls: [Call], result: Int32
  ) {
    self.instructions = instructions
    self.registers = registers
    self.selectionCount = selectionCount
    self.operands = operands
    self.operations = operations
    self.calls = calls
    self.result = result
  }
}

/// An operation, and the term that asks: the site of the faults and gaps that open there.
struct Asked: Sendable {
  var operation: Operation
  var site: Int
}

/// A reading of another attribute.
struct Call: Sendable {
  var attribute: AttributeID
  var arguments: [Int32]
  var asOf: Int32?
}

struct Instruction: Sendable {
  enum Opcode: UInt8, Sendable {
    /// `to = column b of the record in a`
    case field
    /// `to = calls[a]`
    case attribute
    /// `to = a (relation c) b`
    case compare
    /// `to = operands[a ..< a + b]` joined
    case and, or
    case not
    /// Selection `to` = the lanes of this one where `a` is true, is false, is not surely false, is
    /// not surely true, is not known.
    case whereTrue, whereFalse, whereNotFalse, whereNotTrue, whereUnknown
    /// `to = a ? b : c`
    case merge
    case isKnown, orElse, surely, possibly
    /// `to = operations[c](operands[a ..< a + b])`
    case operation
    /// `to` = the winner of choose `a`
    case winner
    /// `to` = column `b` of the alternative of choose `a` that won in `c`
    case payload
    /// `to` = the fold of column `b` of choose `a`; `operands[c...]` are the fold and the term
    case collect
    case gather, follow
    /// `to` = counter `b` of the record in `a`
    case counter
  }
  var code: Opcode
  var selection: Int32
  var to: Int32
  var a: Int32
  var b: Int32 = 0
  var c: Int32 = 0
}

enum Relation: Int32 {
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual

  init?(_ operation: Operation) {
    switch operation {
    case .equal: self = .equal
    case .notEqual: self = .notEqual
    case .less: self = .less
    case .lessOrEqual: self = .lessOrEqual
    case .greater: self = .greater
    case .greaterOrEqual: self = .greaterOrEqual
    default: return nil
    }
  }
}
