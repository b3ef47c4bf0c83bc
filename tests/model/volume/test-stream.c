/* SPDX-License-Identifier: Apache-2.0 */
#include "model/volume/read-ahead.h"
#include "tests/model/volume/make-nifti.h"
#include "tests/support/test.h"

#include <string.h>
#include <sys/stat.h>

#define N_NOISE 700000 /* more than a few blocks of the reader, compressed too */

/* @data cut into members at random places, with padding behind. */
static GByteArray *
make_members (const guint8 *data, gsize size, guint32 seed)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  GByteArray *file = g_byte_array_new ();

  for (gsize done = 0; done < size;)
    {
      const gsize any = g_rand_int_range (random, 1, 300000), n = MIN (size - done, any);
      g_autoptr (GByteArray) member = make_gzip (data + done, n);

      g_byte_array_append (file, member->data, member->len);
      done += n;
    }
  g_byte_array_append (file, (const guint8[16]){ 0 }, 16);
  return file;
}

static void
check_whole (SagStream *stream, const guint8 *expected, gsize size, gsize step)
{
  g_autofree guint8 *got = g_malloc (step);

  for (gsize done = 0; done < size; done += step)
    {
      gsize n = MIN (step, size - done);

      g_assert_cmpuint (sag_stream_read (stream, got, n), ==, n);
      g_assert_true (memcmp (got, expected + done, n) == 0);
    }
  g_assert_cmpuint (sag_stream_read (stream, got, step), ==, 0);
  g_assert_cmpint (sag_stream_get_state (stream), ==, SAG_STREAM_END);
  g_assert_cmpuint (sag_stream_get_position (stream), ==, size);
}

static void
test_members (void)
{
  g_autofree gint16 *noise = make_noise (N_NOISE, 1);
  const gsize        size = N_NOISE * sizeof *noise;
  char              *folder = sag_test_dup_folder ();
  g_autofree char   *path = g_build_filename (folder, "a.gz", NULL);

  for (guint32 seed = 0; seed < 8; seed++)
    {
      g_autoptr (GByteArray) file = make_members ((const guint8 *) noise, size, seed);
      g_autoptr (SagStream) in_memory = sag_stream_new_for_memory (file->data, file->len);
      g_autoptr (SagStream) on_disk = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (g_file_set_contents (path, (const char *) file->data, file->len, &error));
      on_disk = sag_stream_open (path, &error);
      g_assert_no_error (error);
      g_assert_true (sag_stream_is_gzip (on_disk));
      check_whole (in_memory, (const guint8 *) noise, size, 1000 + 7777 * seed);
      check_whole (on_disk, (const guint8 *) noise, size, 300000 - 12345 * seed);
    }
  sag_test_remove_folder (folder);
}

static void
test_plain (void)
{
  g_autofree gint16 *noise = make_noise (N_NOISE, 2);
  g_autoptr (SagStream) stream = sag_stream_new_for_memory (noise, N_NOISE * sizeof *noise);

  g_assert_false (sag_stream_is_gzip (stream));
  g_assert_cmpuint (sag_stream_get_limit (stream), ==, N_NOISE * sizeof *noise);
  check_whole (stream, (const guint8 *) noise, N_NOISE * sizeof *noise, 4096);
}

/* A changed byte shows, unless it was one that means nothing: the gzip header's time, or bits that
 * pad the last byte of the data. */
static void
test_damage (void)
{
  g_autofree gint16 *noise = make_noise (2000, 3);
  g_autoptr (GByteArray) file = make_gzip (noise, 4000);
  guint8 got[8000];
  guint  n_harmless = 0;

  for (guint at = 2; at < file->len; at++)
    {
      g_autoptr (SagStream) stream = NULL;
      gsize n;

      file->data[at] ^= 0x20;
      stream = sag_stream_new_for_memory (file->data, file->len);
      n = sag_stream_read (stream, got, sizeof got);
      if (sag_stream_get_state (stream) == SAG_STREAM_END)
        {
          g_assert_cmpmem (got, n, noise, 4000);
          n_harmless++;
        }
      file->data[at] ^= 0x20;
    }
  g_assert_cmpuint (n_harmless, <=, 8);
}

static void
test_cut (void)
{
  g_autofree gint16 *noise = make_noise (2000, 4);
  g_autoptr (GByteArray) file = make_gzip (noise, 4000);
  guint8 got[4001];

  for (guint size = 2; size < file->len; size++)
    {
      g_autoptr (SagStream) stream = sag_stream_new_for_memory (file->data, size);
      gsize n = sag_stream_read (stream, got, sizeof got);

      g_assert_cmpint (sag_stream_get_state (stream), ==, SAG_STREAM_CUT);
      g_assert_true (memcmp (got, noise, n) == 0);
    }
}

static void
test_read_ahead (void)
{
  g_autofree gint16 *noise = make_noise (N_NOISE, 5);
  g_autoptr (GByteArray) file = make_gzip (noise, N_NOISE * sizeof *noise);

  for (gsize size = 64; size <= N_NOISE * sizeof *noise; size = size * 3 + 64)
    {
      g_autoptr (SagStream) stream = sag_stream_new_for_memory (file->data, file->len);
      g_autoptr (SagReadAhead) ahead = sag_read_ahead_new (stream, size, FALSE);
      gsize done = 0, n;
      void *block;

      while ((block = sag_read_ahead_next (ahead, &n)) != NULL)
        {
          g_assert_cmpuint ((gsize) block % 64, ==, 0);
          g_assert_true (memcmp (block, (const guint8 *) noise + done, n) == 0);
          memset (block, 0x55, n);
          done += n;
          g_assert_true (n % 64 == 0 || done == size);
        }
      g_assert_cmpuint (done, ==, size);
      g_assert_null (sag_read_ahead_next (ahead, &n));
    }
}

static void
test_stop_early (void)
{
  g_autofree gint16 *noise = make_noise (N_NOISE, 6);

  for (int n_blocks = 0; n_blocks < 4; n_blocks++)
    {
      g_autoptr (SagStream) stream = sag_stream_new_for_memory (noise, N_NOISE * sizeof *noise);
      g_autoptr (SagReadAhead) ahead = sag_read_ahead_new (stream, N_NOISE * sizeof *noise, TRUE);
      gsize n;

      for (int i = 0; i < n_blocks; i++)
        g_assert_nonnull (sag_read_ahead_next (ahead, &n));
    }
}

static void
test_no_file (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *pipe = g_build_filename (folder, "pipe.nii", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (sag_stream_open ("/nonexistent/scan.nii", &error));
  sag_test_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "Cannot read scan.nii: ");
  g_assert_null (sag_stream_open (folder, &error));
  sag_test_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_ISDIR, "is a folder");
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  g_assert_null (sag_stream_open (pipe, &error));
  sag_test_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "pipe.nii is no regular file");
  sag_test_remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/volume/stream/members", test_members);
  g_test_add_func ("/volume/stream/plain", test_plain);
  g_test_add_func ("/volume/stream/damage", test_damage);
  g_test_add_func ("/volume/stream/cut", test_cut);
  g_test_add_func ("/volume/stream/no-file", test_no_file);
  g_test_add_func ("/volume/read-ahead/blocks", test_read_ahead);
  g_test_add_func ("/volume/read-ahead/stop-early", test_stop_early);
  return g_test_run ();
}
