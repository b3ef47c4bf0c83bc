/* SPDX-License-Identifier: Apache-2.0 */
#include "model/text/task.h"

#include <string.h>

#define SLUG_CHARS 40
#define MAX_MONTHS 1200

static const char *const definite[] = { "the ", NULL };
static const char *const indefinite[] = { "a ", "an ", "any ", NULL };
static const char *const kind_names[] = { "diagnose", "predict", "segment", "other" };

SagTaskKind
sag_task_kind (const char *text)
{
  g_return_val_if_fail (text != NULL, SAG_TASK_OTHER);

  while (g_ascii_isspace (*text))
    text++;
  for (int kind = SAG_TASK_DIAGNOSE; kind < SAG_TASK_OTHER; kind++)
    {
      gsize size = strlen (kind_names[kind]);

      if (g_ascii_strncasecmp (text, kind_names[kind], size) == 0 &&
          (text[size] == 0 || g_ascii_isspace (text[size]) || g_ascii_ispunct (text[size])))
        return kind;
    }
  return SAG_TASK_OTHER;
}

const char *
sag_task_kind_to_string (SagTaskKind kind)
{
  g_return_val_if_fail ((gsize) kind < G_N_ELEMENTS (kind_names), NULL);
  return kind_names[kind];
}

gboolean
sag_task_kind_from_string (const char *name, SagTaskKind *kind)
{
  g_return_val_if_fail (name != NULL && kind != NULL, FALSE);

  for (gsize i = 0; i < G_N_ELEMENTS (kind_names); i++)
    if (strcmp (name, kind_names[i]) == 0)
      {
        *kind = i;
        return TRUE;
      }
  return FALSE;
}

char *
sag_task_dup_horizon (guint months)
{
  return g_strdup_printf (months == 1 ? "%u month" : "%u months", months);
}

/* Valid UTF-8 with single spaces, none at the ends. */
static char *
dup_single_spaced (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString         *spaced = g_string_sized_new (strlen (valid) + 1);

  for (const char *at = valid; *at != 0; at = g_utf8_next_char (at))
    {
      gunichar ch = g_utf8_get_char (at);

      if (!g_unichar_isspace (ch))
        g_string_append_unichar (spaced, ch);
      else if (spaced->len > 0 && spaced->str[spaced->len - 1] != ' ')
        g_string_append_c (spaced, ' ');
    }
  if (spaced->len > 0 && spaced->str[spaced->len - 1] == ' ')
    g_string_truncate (spaced, spaced->len - 1);
  return g_string_free (spaced, FALSE);
}

/* What follows @start in @text, or NULL. */
static const char *
after (const char *text, const char *start)
{
  gsize size = strlen (start);

  return g_ascii_strncasecmp (text, start, size) == 0 ? text + size : NULL;
}

static const char *
skip_any (const char *text, const char *const *words)
{
  for (gsize i = 0; words[i] != NULL; i++)
    {
      const char *rest = after (text, words[i]);

      if (rest != NULL)
        return rest;
    }
  return text;
}

/* The last occurrence, in any case. */
static const char *
find_last (const char *text, const char *part)
{
  const char *found = NULL;

  for (; *text != 0; text++)
    if (after (text, part) != NULL)
      found = text;
  return found;
}

/* "pleural effusion around the lungs": finding and place; the place is what the last preposition leads. */
static void
split_place (SagTaskWords *words, const char *rest)
{
  const char *in = find_last (rest, " in ");
  const char *around = find_last (rest, " around ");
  const char *at = around != NULL && (in == NULL || around > in) ? around : in;
  const char *organ;

  if (at == NULL || at == rest)
    {
      words->finding = g_strdup (rest);
      return;
    }
  words->preposition = g_strdup (at == in ? "in" : "around");
  organ = skip_any (at + strlen (words->preposition) + 2, definite);
  words->organ = g_strdup (organ);
  words->finding = g_strndup (rest, at - rest);
}

/* "mortality in 6 months" */
static void
split_horizon (SagTaskWords *words, const char *rest)
{
  const char *in = find_last (rest, " in ");
  guint64     months;
  char       *end;

  if (in == NULL || in == rest || !g_ascii_isdigit (in[4]))
    return;
  months = g_ascii_strtoull (in + 4, &end, 10);
  if (months == 0 || months > MAX_MONTHS ||
      (g_ascii_strcasecmp (end, " month") != 0 && g_ascii_strcasecmp (end, " months") != 0))
    return;
  words->months = months;
  words->finding = g_strndup (rest, in - rest);
}

/* "lungs in the image", "lungs in this chest CT": the words for the scan are no part of the structure. */
static void
split_structure (SagTaskWords *words, const char *rest)
{
  static const char *const where[] = { " in the image", " in this image",    " in the scan",
                                       " in this scan", " in this chest ct", " in this ct" };

  for (gsize i = 0; i < G_N_ELEMENTS (where); i++)
    {
      const char *in = find_last (rest, where[i]);

      if (in == NULL || in[strlen (where[i])] != 0 || in == rest)
        continue;
      words->finding = g_strndup (rest, in - rest);
      return;
    }
  words->finding = g_strdup (rest);
}

void
sag_task_words_init (SagTaskWords *words, const char *text)
{
  g_autofree char *plain = NULL;
  const char      *rest;

  g_return_if_fail (words != NULL && text != NULL);

  *words = (SagTaskWords){ .text = dup_single_spaced (text), .kind = sag_task_kind (text) };
  plain = g_strdup (words->text);
  for (gsize n = strlen (plain); n > 0 && strchr (" .?!", plain[n - 1]) != NULL; n--)
    plain[n - 1] = 0;
  if ((rest = after (plain, "diagnose the presence of ")) != NULL)
    split_place (words, rest);
  else if ((rest = after (plain, "predict the risk of ")) != NULL)
    split_horizon (words, rest);
  else if ((rest = after (plain, "segment ")) != NULL)
    split_structure (words, rest = skip_any (rest, definite));
  else if ((rest = after (plain, "is there ")) != NULL)
    split_place (words, rest = skip_any (rest, indefinite));
  if (rest != NULL)
    words->finding_start = rest - plain;
  if (words->finding != NULL && *words->finding == 0)
    g_clear_pointer (&words->finding, g_free);
}

void
sag_task_words_clear (SagTaskWords *words)
{
  g_clear_pointer (&words->text, g_free);
  g_clear_pointer (&words->finding, g_free);
  g_clear_pointer (&words->preposition, g_free);
  g_clear_pointer (&words->organ, g_free);
}

/* ASCII letters and digits of @text, dashes for everything between; cut at a dash where it is too long. */
static char *
to_slug (const char *text)
{
  g_autofree char *ascii = g_str_to_ascii (text, "C");
  GString         *slug = g_string_new (NULL);
  char            *dash;

  for (const char *at = ascii; *at != 0 && slug->len <= SLUG_CHARS; at++)
    if (g_ascii_isalnum (*at))
      g_string_append_c (slug, g_ascii_tolower (*at));
    else if (slug->len > 0 && slug->str[slug->len - 1] != '-')
      g_string_append_c (slug, '-');
  if (slug->len > SLUG_CHARS)
    {
      dash = g_strrstr_len (slug->str, SLUG_CHARS + 1, "-");
      g_string_truncate (slug, dash != NULL ? dash - slug->str : SLUG_CHARS);
    }
  if (slug->len > 0 && slug->str[slug->len - 1] == '-')
    g_string_truncate (slug, slug->len - 1);
  if (slug->len == 0)
    g_string_assign (slug, "task");
  return g_string_free (slug, FALSE);
}

char *
sag_task_slug (const char *text)
{
  g_auto (SagTaskWords) words = { 0 };
  g_autofree char *name = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  sag_task_words_init (&words, text);
  if (words.finding == NULL)
    name = g_steal_pointer (&words.text);
  else if (words.months > 0)
    {
      g_autofree char *horizon = sag_task_dup_horizon (words.months);

      name = g_strconcat (words.finding, " ", horizon, NULL);
    }
  else
    name = g_strconcat (words.kind == SAG_TASK_SEGMENT ? "segment " : "", words.finding, NULL);
  return to_slug (name);
}
