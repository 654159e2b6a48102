package remedy

// Job gives the session's job with another way to open files.
func (s *Session) Job(open func(string) ([]byte, error)) Job {
	job := s.job
	job.Open = open
	return job
}

// JQSteps is jqSteps, for tests of other packages.
var JQSteps = jqSteps
