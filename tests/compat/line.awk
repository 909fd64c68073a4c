# SPDX-License-Identifier: MIT
# One line of the table from one row's result: lines of KEY VALUE. "failed COLUMN
# FORM: NAME" is a check that failed, "RAN FORM" a pod in which it came to the end.
{
	key = $1
	sub(/^[^ ]+ /, "")
	gsub(/\|/, "\\|")
	if (key == "failed") {
		split($0, words, " ")
		bad[words[1]] = 1
		if (reason == "")
			reason = substr($0, length(words[1]) + 2)
	} else if (key == "RAN")
		ran[$0] = 1
	else
		value[key] = $0
}

function cell(column, form) {
	if (column in bad)
		return "**no**"
	if ("control" in bad) # nothing was asked of the shim
		return "?"
	if (value["MECHANISM"] == "not needed")
		return "native"
	if (value["MECHANISM"] == "left native" && column == "ipv6")
		return "no"
	return (form in ran) ? "yes" : "?"
}

function told(column, key) {
	return (column in bad) ? "**no**" : ("control" in bad) ? "" : value[key]
}

END {
	note = value["NOTES"]
	if ("LOAD" in value) {
		load = value["LOAD"] "; wrong: " value["LOAD6"] " over IPv6, " value["LOAD4"] " over IPv4, natively " value["LOAD4_NATIVE"]
		note = note == "" ? load : note ". " load
	}
	if ("MISSING" in value)
		note = "**not installed**: " value["MISSING"]
	else if (reason != "" || !("ipv6" in ran) || !("dual" in ran)) {
		if (reason == "")
			reason = "did not run to its end"
		note = "**fails**: " reason (note == "" ? "" : ". " note)
	}
	if ("MISSING" in value)
		printf "| [%s](../%s) | | %s | `%s` | | | | | | | %s | %s |\n", value["TITLE"], file, value["MECHANISM"],
			value["RULE"], value["DATE"], note
	else
		printf "| [%s](../%s) | %s | %s | `%s` | %s | %s | %s | %s | %s | %s | %s | %s |\n", value["TITLE"], file,
			value["VERSION"], value["MECHANISM"], value["RULE"], cell("ipv6", "dual"), cell("ipv4", "dual"),
			told("peer", "PEER"), told("default", "DEFAULT"), cell("restart", "dual"), cell("log", "dual"),
			value["DATE"], note
}
