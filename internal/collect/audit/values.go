package audit

// valueState is where a cutter stands in a file that is read value by value.
type valueState struct {
	scanner
	start  int // of the value in the cutter's buffer; -1 between two
	line   int // on which it starts
	pos    int // how far the buffer was looked at
	atLine int // the line of pos, counted from that of the buffer's start
}

// moved follows the buffer when n bytes are taken from its start.
func (v *valueState) moved(n int) {
	v.pos = max(0, v.pos-n)
	if v.start >= 0 {
		v.start -= n
	}
}

// takeValues gives the whole values of what was read; again says that the state has changed instead.
func (c *cutter) takeValues() (ch *chunk, again bool) {
	v := &c.values
	var found []span
	end := 0 // of the last whole value
	firstLine := c.at.line
	if v.pos == 0 {
		v.atLine = firstLine
	}
	for v.pos < len(c.buf) {
		b := c.buf[v.pos]
		if v.start < 0 {
			if b == ' ' || b == '\t' || b == '\r' || b == '\n' || b == ',' || b == 0 {
				c.step(b)
				continue
			}
			v.start, v.line = v.pos, v.atLine
			v.reset()
		}
		verdict := v.next(b)
		size := v.pos - v.start
		if size >= c.max && (verdict != endedBefore || size > c.max) {
			return c.large(found, end)
		}
		switch verdict {
		case goesOn:
			c.step(b)
		case ended, endedBefore:
			if verdict == ended {
				c.step(b)
			}
			found = append(found, span{v.start, v.pos, v.line})
			end, v.start = v.pos, -1
		case broken:
			return c.brokenValue(found, end)
		}
	}
	if len(found) == 0 {
		if v.start < 0 {
			c.drop(len(c.buf)) // white space
		}
		return c.notesOnly(), false
	}
	return c.emit(found, end), false
}

// step goes one byte on.
func (c *cutter) step(b byte) {
	c.values.pos++
	if b == '\n' {
		c.values.atLine++
	}
}

// emit gives the values that were found, up to the end of the last.
func (c *cutter) emit(found []span, end int) *chunk {
	ch := &chunk{text: string(c.buf[:end]), line: c.at.line, spans: found}
	pos, line := c.values.pos, c.values.atLine
	c.drop(end)
	c.values.pos, c.values.atLine = pos-end, line
	return c.finish(ch)
}

// emitThenAgain is emit for a cutter that is to look at what follows once more.
func (c *cutter) emitThenAgain(found []span, end int) *chunk {
	c.values = valueState{start: -1, pos: end}
	return c.emit(found, end)
}

// large hands out what stands before a value that is too large to be held; the next call enters that.
func (c *cutter) large(found []span, end int) (ch *chunk, again bool) {
	if len(found) > 0 {
		return c.emitThenAgain(found, end), true
	}
	c.enter(c.values.start)
	return nil, true
}

// brokenValue hands out what stands before a value with a mistake; the next call leaves that out.
func (c *cutter) brokenValue(found []span, end int) (ch *chunk, again bool) {
	line := c.values.line
	if len(found) > 0 {
		return c.emitThenAgain(found, end), true
	}
	c.note(line, "the document that starts here is not JSON; it was passed over up to a line that starts with a bracket", true)
	c.drop(c.values.start)
	c.values = valueState{start: -1}
	c.skip = restOfValue
	return nil, true
}

// listState is where a cutter stands in a value that is too large to be held, and of which the elements of its list are
// read.
type listState struct {
	scanner
	mark     // where the value starts
	pos      int
	atLine   int
	name     []byte // the last string at the first level of an object, as far as it may be a name that matters
	list     int    // how deep the elements of the list stand; 0 outside of it
	start    int    // of an element in the buffer; -1 between two
	line     int    // on which it starts
	tooLarge bool   // the element is, and is left out
	elements int
	isObject bool
}

// enter starts to read the value at start in the buffer element by element.
func (c *cutter) enter(start int) {
	c.drop(start)
	c.inner = &listState{mark: c.at, atLine: c.at.line, start: -1, isObject: c.buf[0] == '{'}
	c.values = valueState{start: -1}
}

// isRecordList reports whether a member of this name is the list of records in a document that is known: of an EventList,
// of what aws logs filter-log-events prints, of a CloudWatch Logs subscription, of Azure's diagnostic settings.
func isRecordList(name []byte) bool {
	switch string(name) {
	case "items", "events", "logEvents", "records":
		return true
	}
	return false
}

// takeInner gives the elements that are whole; over says that the value has ended.
func (c *cutter) takeInner() (ch *chunk, over bool) {
	l := c.inner
	var found []span
	for l.pos < len(c.buf) {
		b := c.buf[l.pos]
		depth, wasText := l.depth(), l.text
		verdict := l.next(b)
		if verdict == broken || b == '\n' && c.form == lines {
			return c.brokenInner(found), true
		}
		l.watchName(b, depth, wasText)
		if l.list > 0 && l.start < 0 && depth == l.list && l.depth() > depth {
			l.start, l.line, l.tooLarge = l.pos, l.atLine, false
		}
		l.pos++
		if b == '\n' {
			l.atLine++
		}
		switch {
		case verdict == ended:
			return c.endInner(found), true
		case l.start < 0 && l.list == 0 && l.depth() > depth:
			l.enterList(depth)
		case l.start >= 0 && l.depth() == l.list && depth > l.list:
			found = c.closeElement(found)
		case l.list > 0 && l.depth() < l.list:
			l.list = 0
		}
		if l.start >= 0 && !l.tooLarge && l.pos-l.start > c.max {
			l.tooLarge = true
			c.note(l.line, c.longer("record"), true)
		}
	}
	return c.emitInner(found), false
}

// watchName keeps the strings at the first level of an object.
func (l *listState) watchName(b byte, depth int, wasText bool) {
	switch {
	case depth != 1 || !l.isObject:
	case !wasText && l.text:
		l.name = l.name[:0]
	case l.text && len(l.name) <= len("logEvents"):
		l.name = append(l.name, b)
	}
}

// enterList notes that a bracket was opened at a depth, if it is that of a list of records.
func (l *listState) enterList(depth int) {
	opened := l.open[len(l.open)-1]
	if opened == '[' && (depth == 0 || depth == 1 && l.isObject && isRecordList(l.name)) {
		l.list = l.depth()
	}
}

// closeElement notes an element that has ended.
func (c *cutter) closeElement(found []span) []span {
	l := c.inner
	if !l.tooLarge {
		found = append(found, span{l.start, l.pos, l.line})
	}
	l.elements++
	l.start = -1
	return found
}

// emitInner hands out elements, and forgets what is not needed of the value: all but an element that has not ended.
func (c *cutter) emitInner(found []span) *chunk {
	l := c.inner
	ch := &chunk{line: c.at.line, spans: found}
	if len(found) > 0 {
		ch.text = string(c.buf[:found[len(found)-1].end])
	}
	keep := l.pos
	if l.start >= 0 && !l.tooLarge {
		keep = l.start
	}
	c.drop(keep)
	l.pos -= keep
	if l.start >= 0 {
		l.start = 0
	}
	if len(found) == 0 {
		return c.notesOnly()
	}
	return c.finish(ch)
}

// endInner hands out the last elements of a value.
func (c *cutter) endInner(found []span) *chunk {
	l := c.inner
	if l.elements == 0 {
		c.note(l.mark.line, c.longer("record"), true)
	}
	return c.leaveInner(found)
}

// brokenInner hands out the last elements before a mistake.
func (c *cutter) brokenInner(found []span) *chunk {
	l := c.inner
	c.note(l.atLine, "here the document is not JSON any more; what stands before counts, the rest of it was passed over", true)
	ch := c.leaveInner(found)
	if c.form == values {
		c.skip = restOfValue
	}
	return ch
}

// leaveInner ends the reading of a value by elements.
func (c *cutter) leaveInner(found []span) *chunk {
	l := c.inner
	ch := &chunk{line: c.at.line, spans: found}
	if len(found) > 0 {
		ch.text = string(c.buf[:found[len(found)-1].end])
	}
	c.inner = nil
	c.drop(l.pos)
	if c.form == lines {
		c.skip = restOfLine
	}
	return c.finish(ch)
}
