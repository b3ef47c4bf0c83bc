/* SPDX-License-Identifier: Apache-2.0 */
#include "model/answer/provenance.h"

#include "model/bundle/create.h"
#include "model/core/error.h"
#include "model/core/version.h"
#include "tests/model/answer/fake-engine.h"
#include "tests/support/test.h"

#include <string.h>

typedef struct
{
  SagBundle *bundle;
  FakeEngine fake;
  SagEngine *engine;
  SagVolume *volume;
  SagTokens *tokens;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->bundle = sag_bundle_open_untrained (1, &error);
  g_assert_no_error (error);
  fixture->engine = fake_engine_open (&fixture->fake, fixture->bundle);
  fixture->tokens = fake_encode_phantom (fixture->engine, &fixture->volume);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  sag_tokens_unref (fixture->tokens);
  sag_volume_unref (fixture->volume);
  sag_engine_close (fixture->engine);
  sag_bundle_unref (fixture->bundle);
}

static char *
dup_json (const SagProvenance *provenance)
{
  g_autoptr (SagJsonWriter) writer = sag_json_writer_new ();

  sag_json_begin_object (writer, NULL);
  sag_provenance_write (provenance, writer);
  sag_json_end_object (writer);
  return sag_json_writer_finish (writer);
}

static SagProvenance *
read_text (const char *text, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();

  g_assert_true (json_parser_load_from_data (parser, text, -1, NULL));
  return sag_provenance_read (json_node_get_object (json_parser_get_root (parser)), error);
}

/* Everything comes back as it was, numbers to the last bit. */
static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  SagPrepared *prepared = sag_tokens_get_prepared (fixture->tokens);
  g_autoptr (SagProvenance) was = sag_provenance_new (fixture->engine, prepared, fixture->volume,
                                                      (const double[]){ 0.1, -16, 1e-17 }, TRUE);
  g_autofree char *text = dup_json (was), *again = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SagProvenance) is = read_text (text, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (is->voxels, ==, sag_volume_get_hash (fixture->volume));
  g_assert_cmpstr (is->bundle_name, ==, sag_bundle_get_name (fixture->bundle));
  g_assert_cmpstr (is->bundle_sha256, ==, sag_bundle_get_sha256 (fixture->bundle));
  g_assert_cmpstr (is->weights_sha256, ==, sag_bundle_get_weights_sha256 (fixture->bundle));
  g_assert_cmpstr (is->recipe, ==, "upstream");
  g_assert_cmpstr (is->lung_source, ==, sag_prepared_get_lung_source (prepared));
  g_assert_cmpstr (is->engine, ==, "fake");
  g_assert_cmpstr (is->device, ==, "paper and pencil");
  g_assert_cmpstr (is->precision, ==, "fp32");
  g_assert_cmpstr (is->program, ==, sag_version_get ());
  g_assert_cmpstr (is->commit, ==, sag_version_get_commit ());
  g_assert_cmpmem (&is->input, sizeof is->input, sag_prepared_get_input_geometry (prepared),
                   sizeof is->input);
  g_assert_cmpmem (is->shift_mm, sizeof is->shift_mm, was->shift_mm, sizeof was->shift_mm);
  g_assert_true (is->forced);
  again = dup_json (is);
  g_assert_cmpstr (again, ==, text);
}

/* No path goes in: it could hold a patient's name. */
static void
test_no_paths (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SagProvenance) provenance = sag_provenance_new (
    fixture->engine, sag_tokens_get_prepared (fixture->tokens), fixture->volume, NULL, FALSE);
  g_autofree char *text = dup_json (provenance);

  g_assert_null (strchr (text, '/'));
}

/* Takes each member away, then gives each another type: the sentence names the member. */
static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SagProvenance) provenance = sag_provenance_new (
    fixture->engine, sag_tokens_get_prepared (fixture->tokens), fixture->volume, NULL, FALSE);
  g_autofree char *text = dup_json (provenance);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GList) names = NULL;
  JsonObject *object;
  guint       n = 0;

  g_assert_true (json_parser_load_from_data (parser, text, -1, NULL));
  object = json_node_get_object (json_parser_get_root (parser));
  names = json_object_get_members (object);
  for (GList *l = names; l != NULL; l = l->next, n++)
    {
      g_autofree char *name = g_strdup (l->data);
      g_autoptr (JsonNode) member = json_node_copy (json_object_get_member (object, name));
      g_autoptr (GError) error = NULL;

      json_object_remove_member (object, name);
      g_assert_null (sag_provenance_read (object, &error));
      sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, name);
      json_object_set_int_member (object, name, 5);
      g_assert_null (sag_provenance_read (object, &error));
      sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, name);
      json_object_set_member (object, name, g_steal_pointer (&member));
    }
  g_assert_cmpuint (n, ==, 14);
}

static void
test_damaged_geometry (Fixture *fixture, gconstpointer data)
{
  static const char *const inputs[][2] = {
    { "{ \"ijk_to_ras\": [[1,0,0,0],[0,1,0,0],[0,0,1,0]] }", "dims" },
    { "{ \"dims\": [1, 2], \"ijk_to_ras\": [[1,0,0,0],[0,1,0,0],[0,0,1,0]] }", "dims" },
    { "{ \"dims\": [1, 2, 3000000], \"ijk_to_ras\": [[1,0,0,0],[0,1,0,0],[0,0,1,0]] }", "dims" },
    { "{ \"dims\": [1, 2, -3], \"ijk_to_ras\": [[1,0,0,0],[0,1,0,0],[0,0,1,0]] }", "dims" },
    { "{ \"dims\": [1, 2, 3], \"ijk_to_ras\": [[1,0,0,0],[0,1,0,0]] }", "ijk_to_ras" },
    { "{ \"dims\": [1, 2, 3], \"ijk_to_ras\": [[1,0,0,0],[0,1,0,0],[0,0,1]] }", "ijk_to_ras" },
    { "{ \"dims\": [1, 2, 3], \"ijk_to_ras\": [[1,0,0,0],[0,1,0,0],[0,0,\"1\",0]] }",
      "ijk_to_ras" },
    { "{ \"dims\": [1, 2, 3], \"ijk_to_ras\": [[1,0,0,0],[0,1,0,0],7] }", "ijk_to_ras" },
  };
  g_autoptr (SagProvenance) provenance = sag_provenance_new (
    fixture->engine, sag_tokens_get_prepared (fixture->tokens), fixture->volume, NULL, FALSE);
  g_autofree char *text = dup_json (provenance);
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *object;

  g_assert_true (json_parser_load_from_data (parser, text, -1, NULL));
  object = json_node_get_object (json_parser_get_root (parser));
  for (gsize i = 0; i < G_N_ELEMENTS (inputs); i++)
    {
      g_autoptr (GError) error = NULL;

      json_object_set_member (object, "input", json_from_string (inputs[i][0], NULL));
      g_assert_null (sag_provenance_read (object, &error));
      sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, inputs[i][1]);
    }
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*func) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "/answer/provenance/round-trip", test_round_trip },
    { "/answer/provenance/no-paths", test_no_paths },
    { "/answer/provenance/damaged", test_damaged },
    { "/answer/provenance/damaged-geometry", test_damaged_geometry },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
