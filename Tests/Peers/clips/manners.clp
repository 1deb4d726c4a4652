; Miss Manners for CLIPS: the rules of playground/classics/manners, pattern for pattern.
; The depth strategy extends the newest seating first, which writ says with a priority.

(deftemplate guest (slot name) (slot sex) (slot hobby))
(deftemplate last_seat (slot seat))
(deftemplate count (slot c))
(deftemplate context (slot state))
(deftemplate seating (slot seat1) (slot name1) (slot name2) (slot seat2) (slot id) (slot pid)
  (slot path_done))
(deftemplate path (slot id) (slot name) (slot seat))
(deftemplate chosen (slot id) (slot name) (slot hobby))
(deftemplate place (slot seat) (slot name))

(defrule assign_first_seat
  ?x <- (context (state start))
  (guest (name ?g))
  ?n <- (count (c ?c))
  =>
  (assert (seating (seat1 1) (name1 ?g) (name2 ?g) (seat2 1) (id ?c) (pid 0) (path_done yes)))
  (assert (path (id ?c) (name ?g) (seat 1)))
  (modify ?n (c (+ ?c 1)))
  (modify ?x (state assign_seats)))

(defrule find_seating
  ?x <- (context (state assign_seats))
  (seating (path_done yes) (name2 ?last) (seat2 ?seat) (id ?id))
  (guest (name ?last) (sex ?sex) (hobby ?hobby))
  (guest (name ?next) (sex ~?sex) (hobby ?hobby))
  ?n <- (count (c ?c))
  (not (path (id ?id) (name ?next)))
  (not (chosen (id ?id) (name ?next) (hobby ?hobby)))
  =>
  (modify ?x (state make_path)) ; first, so that nothing is matched again for the new count
  (assert (seating (seat1 ?seat) (name1 ?last) (name2 ?next) (seat2 (+ ?seat 1)) (id ?c) (pid ?id)
    (path_done no)))
  (assert (path (id ?c) (name ?next) (seat (+ ?seat 1))))
  (assert (chosen (id ?id) (name ?next) (hobby ?hobby)))
  (modify ?n (c (+ ?c 1))))

(defrule make_path
  (context (state make_path))
  (seating (path_done no) (id ?id) (pid ?pid))
  (path (id ?pid) (name ?name) (seat ?seat))
  (not (path (id ?id) (name ?name)))
  =>
  (assert (path (id ?id) (name ?name) (seat ?seat))))

(defrule path_done
  ?x <- (context (state make_path))
  ?s <- (seating (path_done no))
  =>
  (modify ?s (path_done yes))
  (modify ?x (state check_done)))

(defrule are_we_done
  ?x <- (context (state check_done))
  (last_seat (seat ?last))
  (seating (seat2 ?last))
  =>
  (modify ?x (state print_results)))

(defrule continue
  ?x <- (context (state check_done))
  =>
  (modify ?x (state assign_seats)))

(defrule print_results
  (context (state print_results))
  (last_seat (seat ?last))
  (seating (seat2 ?last) (id ?id))
  ?p <- (path (id ?id) (name ?name) (seat ?seat))
  =>
  (assert (place (seat ?seat) (name ?name)))
  (retract ?p))

(defrule all_done
  ?x <- (context (state print_results))
  =>
  (modify ?x (state done)))
