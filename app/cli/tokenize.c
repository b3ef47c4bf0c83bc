/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/cli.h"

#include "model/core/json-writer.h"
#include "model/text/task-list.h"
#include "model/text/tokenizer.h"

#include <stdio.h>

int
sag_cli_tokenize (int argc, char **argv)
{
  g_autofree char   *vocab = NULL;
  g_autofree char   *input = NULL;
  const GOptionEntry entries[] = {
    { "vocab", 'v', 0, G_OPTION_ARG_FILENAME, &vocab, "Vocabulary, one word a line", "FILE" },
    { "input", 'i', 0, G_OPTION_ARG_FILENAME, &input, "JSON array of strings", "FILE" },
    { NULL },
  };
  g_auto (GStrv) rest = NULL;
  g_auto (GStrv) texts = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SagTokenizer) tokenizer = NULL;
  g_autoptr (SagJsonWriter) writer = sag_json_writer_new ();
  g_autofree char *document = NULL;

  if (!sag_cli_parse (argc, argv, "tokenize --vocab FILE --input STRINGS.json",
                      "Prints the token ids of each string as JSON, [CLS] and [SEP] included.",
                      entries, 0, 0, &rest))
    return SAG_CLI_USAGE;
  if (vocab == NULL || input == NULL)
    return sag_cli_usage (argv[0], "--vocab and --input are both needed");
  tokenizer = sag_tokenizer_load (vocab, &error);
  if (tokenizer == NULL || (texts = sag_strings_load (input, &error)) == NULL)
    return sag_cli_fail (error);
  sag_json_begin_array (writer, NULL);
  for (gsize i = 0; texts[i] != NULL; i++)
    {
      gsize              n_ids;
      g_autofree gint32 *ids = sag_tokenizer_encode (tokenizer, texts[i], &n_ids);

      sag_json_integers (writer, NULL, ids, n_ids);
    }
  sag_json_end_array (writer);
  document = sag_json_writer_finish (writer);
  fputs (document, stdout);
  return SAG_CLI_DONE;
}
