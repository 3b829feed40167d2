/* fontaine rdns: what is done about reverse DNS from a terminal. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/rdns.h"

#include "fontaine/command.h"
#include "fontaine/token.h"

static int rdns_token(const struct subcommand *c, int argc, char **argv)
{
	static const struct token_kind kind = {
		.group = "rdns",
		.database = "/var/lib/fontaine/rdns/rdns.db",
		.owner = "asn",
		.is_asn = true,
		.remedy = "give either --asn ASN, of a member, or --operator",
	};

	return token_run(&kind, c, argc, argv);
}

static const struct subcommand commands[] = {
	{
		.group = "rdns",
		.name = "check",
		.run = rdns_check,
		.usage = "ZONE --ns NAME[=ADDR,...] ... [OPTION]...",
		.summary = "check whether a reverse zone may be delegated to its name servers",
		.options = "  ZONE          its name, or its prefix\n"
			   "  --ns NAME[=ADDR,...]\n"
			   "                a name server, and its addresses if they are not in DNS yet\n"
			   "  --ds \"TAG ALGORITHM TYPE DIGEST\"\n"
			   "                a DS record, if the zone is signed\n"
			   "  --resolver ADDR\n"
			   "                look names up there (default: the first of /etc/resolv.conf)\n"
			   "  --origins FILE\n"
			   "                who announces which prefix, in RIS dump format\n"
			   "  --allow PREFIX\n"
			   "                ask there too, though it is no global unicast space\n"
			   "  --lang en|fr  the language of the report (default: the environment's)\n"
			   "  --json        print JSON\n",
	},
	{
		.group = "rdns",
		.name = "import",
		.run = rdns_import,
		.usage = "FILE.csv --token-file FILE [--check] [--url URL]",
		.summary = "delegate many prefixes, as an operator",
		.options = "  FILE.csv      rows of prefix,nameservers[,ds[,form]]\n"
			   "  --token-file FILE\n"
			   "                it has a token of the operators\n"
			   "  --check       check each of them, and leave out what is not fit\n"
			   "  --url URL     of the POP's pages (default: rdnsd on this machine)\n"
			   "  --socket FILE\n"
			   "                of rdnsd on this machine (default: /run/rdnsd/http.sock)\n",
	},
	{
		.group = "rdns",
		.name = "token",
		.run = rdns_token,
		.usage = "add --asn ASN|--operator --label TEXT | list [--json] | revoke ID",
		.summary = "say whom rdnsd lets in",
		.options = "  --asn ASN     the token is for this member\n"
			   "  --operator    the token is for the operators, who may do everything\n"
			   "  --label TEXT  what it is for; the log of changes names it\n"
			   "  --json        print JSON, one token a line\n"
			   "  --db FILE     the database (default: /var/lib/fontaine/rdns/rdns.db)\n",
	},
};

int rdns_main(int argc, char **argv)
{
	static const struct command_group group = {
		.name = "rdns",
		.summary = "check delegations of reverse DNS, and say who may change them",
		.commands = commands,
		.n = sizeof(commands) / sizeof(*commands),
	};
	return command_group_main(&group, argc, argv);
}
