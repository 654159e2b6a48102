package redact

import "strings"

// isLabel says whether v is what a form or a message writes beside the field of a
// credential: the word for it in some language, alone or in a few words ("Neues
// Passwort", "Wrong password!"). The English word in lower case is a password that people
// do use, and in an environment variable so are the others.
func isLabel(name, v string) bool {
	if len(v) > 128 {
		return false
	}
	word := strings.TrimRight(v, " :*.…!?")
	if word == "password" || isEnv(name) && (strings.EqualFold(word, "password") || all(word, isLower)) {
		return false
	}
	for _, w := range fieldWords() {
		if sameWord(word, w) {
			return true
		}
		if strings.IndexByte(v, ' ') > 0 && holdsWord(v, w) {
			return true
		}
	}
	return false
}

// fieldWords are the words for a password in the languages that interfaces are most
// often translated to, also as a properties file escapes them.
func fieldWords() [39]string {
	return [...]string{
		"password", "passwort", "kennwort", "contraseña", `contrase\u00f1a`, "contrasena", "clave", "senha", "palavra-passe",
		"mot de passe", "wachtwoord", "lösenord", `l\u00f6senord`, "adgangskode", "passord", "salasana",
		"hasło", `has\u0142o`, "heslo", "jelszó", `jelsz\u00f3`, "parola", "parolă", "şifre", `\u015fifre`, "пароль",
		"парола", "密码", "密碼", "パスワード", "비밀번호", "kata sandi", "mật khẩu", "รหัสผ่าน", "סיסמה", "كلمة المرور",
		"κωδικός", "lozinka", "geslo",
	}
}

// sameWord compares without regard to case.
func sameWord(v, w string) bool {
	return len(v) == len(w) && strings.EqualFold(v, w)
}

// holdsWord says whether a word stands in a text, after no other letter.
func holdsWord(v, w string) bool {
	for i := 0; i+len(w) <= len(v); i++ {
		if (i == 0 || !isAlnum(v[i-1])) && sameWord(v[i:i+len(w)], w) {
			return true
		}
	}
	return false
}

func isEnv(name string) bool {
	for i := range len(name) {
		if isLower(name[i]) {
			return false
		}
	}
	return strings.IndexByte(name, '_') >= 0
}
