/* What a support archive is made of. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/bundle_steps.h"

#include "base/mem.h"

#include <assert.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#define RENDERED "/run/fontaine"

enum {
	SHORT_MS = 5000,
	LONG_MS = 60000, /* all services are asked, some may be silent */
};

/** FILE is the POP file; words are separated by spaces. Two that ask all services are not side by side. */
static const struct {
	const char *name, *command;
	unsigned limit_ms;
	bool is_own;
} commands[] = {
	{"status.json", "fontaine status FILE --json", LONG_MS, false},
	{"endpoints.json", "fontaine endpoints FILE --json", SHORT_MS, true},
	{"certificates.json", "fontaine certificates FILE --json", SHORT_MS, true},
	{"metrics.txt", "fontaine metrics FILE", SHORT_MS, false},
	{"fontaine-version.txt", "fontaine --version", SHORT_MS, true},
	{"system/packages.txt", "dpkg-query --show", SHORT_MS, true},
	{"system/kernel.txt", "uname -srvm", SHORT_MS, true},
	{"system/uptime.txt", "uptime", SHORT_MS, false},
	{"system/disk.txt", "df -h", SHORT_MS, false},
	{"system/inodes.txt", "df -i", SHORT_MS, false},
	{"system/memory.txt", "cat /proc/meminfo", SHORT_MS, false},
	{"system/pressure.txt", "grep -r . /proc/pressure", SHORT_MS, false},
	{"system/processes.txt", "ps -eo pid,ppid,user,stat,pri,pcpu,rss,vsz,etime,comm", SHORT_MS, false},
	{"system/addresses.txt", "ip -brief address", SHORT_MS, true},
	{"system/links.txt", "ip -statistics link", SHORT_MS, true},
	{"system/sockets.txt", "ss -lntu", SHORT_MS, false},
	{"units/installed.txt", "systemctl list-unit-files --no-pager --no-legend --plain", SHORT_MS, true},
	{"units/state.txt", "systemctl list-units --all --no-pager --plain --type=service,socket,timer,path,mount",
         SHORT_MS, false},
	{"units/failed.txt", "systemctl list-units --failed --no-pager --plain", SHORT_MS, false},
	{"bird/protocols.txt", "birdc -r show protocols all", SHORT_MS, false},
	{"bird/routes.txt", "birdc -r show route count", SHORT_MS, false},
	{"chrony/tracking.txt", "chronyc -n tracking", SHORT_MS, false},
	{"chrony/sources.txt", "chronyc -n sources -v", SHORT_MS, false},
	{"chrony/sourcestats.txt", "chronyc -n sourcestats", SHORT_MS, false},
	{"chrony/authdata.txt", "chronyc -n authdata", SHORT_MS, false},
	{"chrony/serverstats.txt", "chronyc -n serverstats", SHORT_MS, false},
	{"knot/status.txt", "knotc -s /run/knot/knot.sock status", SHORT_MS, false},
	{"knot/zones.txt", "knotc -s /run/knot/knot.sock zone-status", SHORT_MS, false},
	{"knot/stats.txt", "knotc -s /run/knot/knot.sock -f stats", SHORT_MS, true},
	{"unbound/status.txt", "unbound-control -c " RENDERED "/unbound/unbound.conf status", SHORT_MS, false},
	{"unbound/stats.txt", "unbound-control -c " RENDERED "/unbound/unbound.conf stats_noreset", SHORT_MS, true},
	{"audit.json", "fontaine audit FILE --json", LONG_MS, false},
};

/** By unit, or by several, with a space between them. */
static const struct {
	const char *name, *units;
} journals[] = {
	{"nginx", "nginx"},
	{"knot", "knot"},
	{"nsd", "nsd"},
	{"unbound", "unbound"},
	{"chrony", "chrony"},
	{"bird", "bird"},
	{"coturn", "coturn"},
	{"speedtestd", "speedtestd"},
	{"ipv6testd", "ipv6testd ipv6testd-keys fontaine-ipv6test-paths"},
	{"rdnsd", "rdnsd"},
	{"mirrord", "mirrord"},
	{"healthd", "healthd"},
	{"peerd", "peerd"},
	{"certificates", "fontaine-certificates fontaine-testca"},
	{"fontaine", "fontaine-render fontaine-apply fontaine-metrics fontaine-anycast fontaine-members "
                     "fontaine-nts-keys fontaine-reverse-zones fontaine-turn-secret fontaine-zone-changes"},
};

/** The configurations that are made of the POP file. */
static const char *const folders[] = {"bird", "chrony", "coturn", "knot", "network",
                                      "nftables", "nginx", "nsd", "rsync", "unbound"};

const struct bundle_left_out bundle_left_out[] = {
	{"keys, passwords, tokens, /var/lib/fontaine/tls, /etc/fontaine/bgp, /etc/credstore", "they are secret"},
	{"databases below /var/lib/fontaine, the zones of members", "they are about visitors and members"},
	{"/run/traffic, \"chronyc clients\", connections, neighbours of the links", "they list addresses of clients"},
	{"/run/fontaine/www, trees of mirrors", "everybody can read them"},
};
const size_t bundle_n_left_out = sizeof(bundle_left_out) / sizeof(*bundle_left_out);

/** @name is taken. */
static struct bundle_step *add(struct bundle_steps *s, char *name, unsigned limit_ms, bool is_own)
{
	assert(s->n < BUNDLE_STEPS_MAX);
	struct bundle_step *one = &s->all[s->n++];

	one->name = name;
	one->limit_ms = limit_ms;
	one->is_own = is_own;
	return one;
}

/** Add @word (taken) to the command. */
static void add_word(struct bundle_step *one, char *word)
{
	size_t n = 0;

	while (one->words[n] != NULL)
		n++;
	assert(n + 1 < BUNDLE_WORDS_MAX);
	one->argv[n] = one->words[n] = word;
}

static void add_command(struct bundle_step *one, const char *command, const char *pop_path)
{
	char *words = mem_strdup(command), *rest = words, *word;

	while ((word = strsep(&rest, " ")) != NULL)
		add_word(one, mem_strdup(strcmp(word, "FILE") == 0 ? pop_path : word));
	free(words);
}

/** Each file of a folder of configurations. */
static void add_folder(struct bundle_steps *s, const char *folder)
{
	char *path = mem_printf(RENDERED "/%s", folder);
	DIR *d = opendir(path);
	struct dirent *entry;

	while (d != NULL && s->n + 1 < BUNDLE_STEPS_MAX && (entry = readdir(d)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		struct bundle_step *one =
		    add(s, mem_printf("configurations/%s/%.60s", folder, entry->d_name), SHORT_MS, true);
		add_word(one, mem_strdup("cat"));
		add_word(one, mem_printf("%s/%s", path, entry->d_name));
	}
	if (d != NULL)
		(void)closedir(d);
	free(path);
}

static struct bundle_step *add_journal(struct bundle_steps *s, const char *name, const char *since)
{
	static const char *const words[] = {"journalctl", "--no-pager", "--quiet", "--no-hostname",
	                                    "--output=short-iso", "--lines=2000"};
	struct bundle_step *one = add(s, mem_printf("journal/%s.log", name), SHORT_MS, false);

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		add_word(one, mem_strdup(words[i]));
	add_word(one, mem_printf("--since=%s", since));
	return one;
}

static void add_journals(struct bundle_steps *s, const char *since)
{
	for (size_t i = 0; i < sizeof(journals) / sizeof(*journals); i++) {
		struct bundle_step *one = add_journal(s, journals[i].name, since);
		char *units = mem_strdup(journals[i].units), *rest = units, *unit;
		while ((unit = strsep(&rest, " ")) != NULL)
			add_word(one, mem_printf("--unit=%s", unit));
		free(units);
	}
	add_word(add_journal(s, "rsyncd", since), mem_strdup("_SYSTEMD_SLICE=system-rsyncd.slice"));
	add_word(add_journal(s, "kernel", since), mem_strdup("--dmesg"));
	add_word(add_journal(s, "warnings", since), mem_strdup("--priority=warning"));
}

void bundle_steps_init(struct bundle_steps *s, const char *pop_path, const char *since)
{
	*s = (struct bundle_steps){0};
	(void)add(s, mem_strdup("pop.yaml"), 0, true);
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		add_folder(s, folders[i]);
	add_journals(s, since);
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		struct bundle_step *one =
		    add(s, mem_strdup(commands[i].name), commands[i].limit_ms, commands[i].is_own);
		add_command(one, commands[i].command, pop_path);
	}
}

void bundle_steps_done(struct bundle_steps *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->all[i].name);
		for (size_t k = 0; k < BUNDLE_WORDS_MAX; k++)
			free(s->all[i].words[k]);
	}
	s->n = 0;
}
