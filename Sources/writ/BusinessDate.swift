import WritModel
import WritRules
import WritText

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension Option {
  /// `--as-of DATE`
  static let asOf = Option(
    name: "as-of", value: "DATE",
    help: Phrase("the business date (default: today)", zh: "业务日（默认今天）"))
}

/// The date for which is decided, in days since 1970-01-01: the one asked for, else today in the
/// rule set's zone.
func businessDate(_ arguments: Arguments, _ program: Program) throws(Failure) -> Int32 {
  guard let text = arguments.value("as-of") else {
    let seconds = Int(time(nil)) + program.schema.zoneMinutes * 60
    return Int32(truncatingIfNeeded: seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400)
  }
  guard let date = CivilDate(text) else { throw .badDate(text, option: "--as-of") }
  return Int32(truncatingIfNeeded: date.days)
}
